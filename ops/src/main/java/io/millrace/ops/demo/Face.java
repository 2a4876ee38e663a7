package io.millrace.ops.demo;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;

/**
 * What the screen can do.
 *
 * @param redraws whether lines can be drawn over
 * @param ticks whether it has ✓ and ✗
 */
public record Face(boolean redraws, boolean ticks) {

  /** The face of standard output: it redraws where that is a terminal. */
  public static Face of(PrintStream out) {
    Console console = System.console();
    boolean terminal = console != null && console.isTerminal();
    String kind = System.getenv("TERM");
    return new Face(terminal && !"dumb".equals(kind), draws(out.charset()));
  }

  private static boolean draws(Charset charset) {
    return charset.canEncode() && charset.newEncoder().canEncode("✓✗█");
  }

  String tick(boolean good) {
    if (ticks) {
      return good ? "✓" : "✗";
    }
    return good ? "ok " : "NO ";
  }

  String bar(int perCent, int width) {
    int full = perCent * width / 100;
    return ticks
        ? "█".repeat(full) + "░".repeat(width - full)
        : "[" + "#".repeat(full) + ".".repeat(width - full) + "]";
  }
}

package io.millrace.ops.cli;

import io.millrace.ops.Refusal;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The key under which something is done once. */
final class Once {
  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "asked again under the same key, it is done once; a new one where absent")
  private @Nullable String key;

  String key() throws Refusal {
    String given = key;
    if (given == null) {
      return UUID.randomUUID().toString();
    }
    if (!given.matches("[!-~]{1,128}")) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          "bad-key",
          "--key has spaces, other characters than ASCII, or more than 128 of them",
          "write it like order-4711");
    }
    return given;
  }
}

package io.millrace.ops.demo;

import io.millrace.ops.demo.manifest.Digits;
import java.io.PrintStream;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The demo's live view: a small table that is drawn over where the screen can, else a line every
 * few seconds.
 */
public final class LiveTable implements AutoCloseable {
  private static final Duration REDRAW = Duration.ofMillis(500);
  private static final Duration LINE = Duration.ofSeconds(5);
  private static final int BAR = 30;
  private static final int CELL = 12;
  private static final int MONEY_DIGITS = 4;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  private final PrintStream out;
  private final Face face;
  private final ZoneId zone;
  private final String currency;
  private final Supplier<LiveFigures> figures;
  private final LongSupplier nanoTime;
  private final long begun;
  private final Thread thread;
  private volatile boolean closed;
  private long lastAt;
  private long lastReceived;
  private int drawn;

  /**
   * A view that is not started.
   *
   * @param zone in which the simulated time is shown
   * @param currency ISO 4217
   * @param figures asked on the view's own thread
   */
  public LiveTable(
      PrintStream out, Face face, ZoneId zone, String currency, Supplier<LiveFigures> figures) {
    this(out, face, zone, currency, figures, System::nanoTime);
  }

  LiveTable(
      PrintStream out,
      Face face,
      ZoneId zone,
      String currency,
      Supplier<LiveFigures> figures,
      LongSupplier nanoTime) {
    this.out = out;
    this.face = face;
    this.zone = zone;
    this.currency = currency;
    this.figures = figures;
    this.nanoTime = nanoTime;
    begun = nanoTime.getAsLong();
    lastAt = begun;
    thread = Thread.ofPlatform().name("demo-table").daemon().unstarted(this::run);
  }

  /** Begins to draw. */
  public void start() {
    thread.start();
  }

  /** Draws for the last time and stops. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    draw();
  }

  private void run() {
    long pause = (face.redraws() ? REDRAW : LINE).toNanos();
    while (!closed) {
      draw();
      LockSupport.parkNanos(pause);
    }
  }

  /** Draws what is now. */
  synchronized void draw() {
    LiveFigures now = figures.get();
    long at = nanoTime.getAsLong();
    long nanos = Math.max(1, at - lastAt);
    long rate = (now.received() - lastReceived) * TimeUnit.SECONDS.toNanos(1) / nanos;
    lastAt = at;
    lastReceived = now.received();
    int perCent = (int) (100L * now.minutes() / now.ofMinutes());
    String left = left(now, at - begun);
    if (face.redraws()) {
      String table = table(now, rate, perCent, left);
      String up = drawn == 0 ? "" : "\u001b[" + drawn + "A\u001b[J";
      out.print(up + table);
      drawn = (int) table.lines().count();
    } else {
      out.println(line(now, rate, perCent, left));
    }
    out.flush();
  }

  private String table(LiveFigures f, long rate, int perCent, String left) {
    String head =
        "  " + face.bar(perCent, BAR) + "  " + perCent + " %   " + time(f) + "   left " + left;
    String trouble = f.trouble().isEmpty() ? "" : "\n  waiting: " + f.trouble();
    return String.join(
            "\n",
            head,
            row("received", Digits.of(f.received()), "charged", Digits.of(f.charged())),
            row("duplicates", Digits.of(f.duplicates()), "suspended", Digits.of(f.suspended())),
            row("events/s", Digits.of(rate), "lag", Digits.of(f.lag())),
            "  " + right(currency, 10) + " " + right(money(f), CELL))
        + trouble
        + "\n";
  }

  private static String row(String a, String x, String b, String y) {
    return "  " + right(a, 10) + " " + right(x, CELL) + "   " + right(b, 10) + " " + right(y, CELL);
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private String line(LiveFigures f, long rate, int perCent, String left) {
    return time(f)
        + ("  " + perCent + " %")
        + ("  received " + Digits.of(f.received()))
        + ("  charged " + Digits.of(f.charged()))
        + ("  duplicates " + Digits.of(f.duplicates()))
        + ("  suspended " + Digits.of(f.suspended()))
        + ("  " + currency + " " + money(f))
        + ("  " + Digits.of(rate) + "/s")
        + ("  lag " + Digits.of(f.lag()))
        + ("  left " + left)
        + (f.trouble().isEmpty() ? "" : "  waiting: " + f.trouble());
  }

  private String time(LiveFigures f) {
    return TIME.format(f.simulated().atZone(zone));
  }

  private static String money(LiveFigures f) {
    return Digits.of(f.money().setScale(MONEY_DIGITS, RoundingMode.DOWN));
  }

  private static String left(LiveFigures f, long elapsedNanos) {
    if (f.minutes() == 0) {
      return "?";
    }
    long millis = TimeUnit.NANOSECONDS.toMillis(elapsedNanos);
    return clock(Duration.ofMillis(millis * (f.ofMinutes() - f.minutes()) / f.minutes()));
  }

  /** A duration as people say it: {@code 2:07} or {@code 1:00:00}. */
  static String clock(Duration d) {
    String seconds = two(d.toSecondsPart());
    return d.toHours() == 0
        ? d.toMinutesPart() + ":" + seconds
        : d.toHours() + ":" + two(d.toMinutesPart()) + ":" + seconds;
  }

  private static String two(int n) {
    return n < 10 ? "0" + n : Integer.toString(n);
  }
}

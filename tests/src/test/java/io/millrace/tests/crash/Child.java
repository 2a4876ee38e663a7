package io.millrace.tests.crash;

import io.millrace.tests.house.Repository;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A Java process of its own, on this test's class path, that a test starts, hurts and ends. What it
 * prints is added to a file, so that the incarnations of one part can be read one after another.
 */
final class Child implements AutoCloseable {
  /** The exit code after SIGKILL, and of a process that ended itself as if by it. */
  static final int KILLED = 137;

  private static final Set<Child> ALIVE = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ALIVE.forEach(Child::close)));
  }

  private final Path log;
  private final long logStart;
  private final Process process;

  private Child(Path log, long logStart, Process process) {
    this.log = log;
    this.logStart = logStart;
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param log what it prints is added to this file
   * @param options for the JVM, beside those of the node
   */
  static Child start(Path log, List<String> options, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + Repository.root().resolve("ops/jvm.options"));
    // Small and quick to start: each of many lives for seconds.
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m"));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(arguments);
    try {
      Files.writeString(
          log,
          "-- " + main + " " + String.join(" ", options) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      long logStart = Files.size(log);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
      builder.environment().remove("JAVA_TOOL_OPTIONS");
      Child child = new Child(log, logStart, builder.start());
      ALIVE.add(child);
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Warnings and errors in the logs of a folder, one line for each kind. */
  static String complaints(Path folder) throws IOException {
    Pattern number = Pattern.compile("\\d+");
    StringBuilder text = new StringBuilder();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.filter(f -> f.toString().endsWith(".log")).sorted().toList()) {
        Files.readAllLines(log).stream()
            .filter(l -> l.contains("WARN") || l.contains("ERROR") || l.contains("Exception"))
            .map(l -> number.matcher(l).replaceAll("#"))
            .distinct()
            .forEach(l -> text.append(log.getFileName()).append(": ").append(l).append('\n'));
      }
    }
    return text.toString();
  }

  /** What this incarnation has printed. */
  String printed() {
    try {
      byte[] all = Files.readAllBytes(log);
      return new String(all, (int) logStart, all.length - (int) logStart, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line; fails where the process ends before, or too long passes. */
  void awaitLine(Predicate<String> line, Duration atMost) {
    Awaitility.await("a line in " + log)
        .atMost(atMost)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              boolean ended = !process.isAlive();
              if (printed().lines().anyMatch(line)) {
                return true;
              }
              if (ended) {
                throw new AssertionError("ended with " + process.exitValue() + ": " + printed());
              }
              return false;
            });
  }

  /** Whether it is running or paused. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it ends by itself; whether it did. */
  boolean endsWithin(Duration atMost) throws InterruptedException {
    return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** How it ended. */
  int exitCode() {
    return process.exitValue();
  }

  /** SIGKILL, and gone when this returns. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
    ALIVE.remove(this);
  }

  /** SIGSTOP: it keeps its memory, its connections and its locks, and does nothing. */
  void pause() throws InterruptedException {
    signal("-STOP");
  }

  /** SIGCONT. */
  void wake() throws InterruptedException {
    signal("-CONT");
  }

  private void signal(String name) throws InterruptedException {
    try {
      int code =
          new ProcessBuilder("kill", name, Long.toString(process.pid()))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new AssertionError("kill " + name + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    ALIVE.remove(this);
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

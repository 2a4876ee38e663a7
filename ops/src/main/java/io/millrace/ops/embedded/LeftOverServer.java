package io.millrace.ops.embedded;

import io.millrace.connectors.store.DatabaseUnavailable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server that outlived the process which started it. It is stopped in the clean way:
 * its sessions are ended (their clients are dead), then it is asked to terminate, and waited for.
 */
final class LeftOverServer {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Lines of postmaster.pid: process id, folder, start time, port, … */
  private static final int PORT_LINE = 3;

  private LeftOverServer() {}

  /** Stops the server that runs on this data folder, if one does. */
  static void stop(Path data) throws IOException {
    Path file = data.resolve("postmaster.pid");
    if (!Files.exists(file)) {
      return;
    }
    List<String> lines = Files.readAllLines(file);
    Optional<ProcessHandle> process = process(lines);
    if (process.isEmpty()) {
      return; // Died with the machine; the server itself clears the file away.
    }
    endSessions(lines);
    process.get().destroy();
    try {
      process.get().onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new DatabaseUnavailable(
          "a PostgreSQL left over in %s (process %d) doesn't stop"
              .formatted(data, process.get().pid()),
          "end it and start again",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseUnavailable(
          "interrupted while a left-over PostgreSQL stopped", "start again", e);
    }
  }

  /**
   * The process of the file, if it is alive and a PostgreSQL: its number may be another's by now.
   */
  private static Optional<ProcessHandle> process(List<String> lines) {
    try {
      return ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
          .filter(ProcessHandle::isAlive)
          .filter(p -> p.info().command().orElse("").contains("postgres"));
    } catch (NumberFormatException | NoSuchElementException e) {
      return Optional.empty();
    }
  }

  private static void endSessions(List<String> lines) {
    if (lines.size() <= PORT_LINE) {
      return;
    }
    String url = "jdbc:postgresql://127.0.0.1:" + lines.get(PORT_LINE).strip() + "/postgres";
    try (Connection connection =
            DriverManager.getConnection(
                url + "?connectTimeout=5&socketTimeout=10", "postgres", "");
        Statement end = connection.createStatement()) {
      end.execute(
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
    } catch (SQLException e) {
      // It may be stopping already; the wait that follows decides.
    }
  }
}

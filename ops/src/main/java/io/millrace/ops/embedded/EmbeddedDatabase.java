package io.millrace.ops.embedded;

import io.millrace.connectors.store.DatabaseUnavailable;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL server whose data lies in a folder, listening on the loopback address, with
 * every commit flushed. One process at a time has the folder; a server that a killed process left
 * running in it is stopped cleanly and started anew.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  /** The superuser; it needs no password from this machine. */
  public static final String USER = "postgres";

  private static final String NAME = "millrace";

  /** Long enough to recover {@code max_wal_size} after a power cut. */
  private static final Duration START_WITHIN = Duration.ofSeconds(120);

  private final EmbeddedPostgres server;
  private final FileChannel lock;

  private final Path data;

  private EmbeddedDatabase(EmbeddedPostgres server, Path data, FileChannel lock) {
    this.server = server;
    this.data = data;
    this.lock = lock;
  }

  /**
   * Starts the server and creates the database if there is none.
   *
   * @param folder for the data; created where it is missing
   * @param port to listen on; 0 takes a free one
   * @throws DatabaseUnavailable where the folder or the port is in use, or the server doesn't start
   */
  public static EmbeddedDatabase start(Path folder, int port) {
    return start(folder, port, Map.of());
  }

  /**
   * As the other one, with settings of a larger server.
   *
   * @param settings by name, in place of those that it has of itself; values without spaces
   */
  public static EmbeddedDatabase start(Path folder, int port, Map<String, String> settings) {
    FileChannel lock = lock(folder);
    try {
      Path data = folder.resolve("postgres");
      LeftOverServer.stop(data);
      checkFree(port);
      EmbeddedPostgres server = server(folder, data, port, settings);
      try {
        createDatabase(server);
        return new EmbeddedDatabase(server, data, lock);
      } catch (SQLException | RuntimeException e) {
        server.close();
        throw e;
      }
    } catch (DatabaseUnavailable e) {
      release(lock);
      throw e;
    } catch (IOException | SQLException | RuntimeException e) {
      release(lock);
      throw new DatabaseUnavailable(
          "the embedded PostgreSQL doesn't start: " + e.getMessage(),
          "mend what " + folder.resolve("postgres.log") + " says",
          e);
    }
  }

  private static EmbeddedPostgres server(
      Path folder, Path data, int port, Map<String, String> settings) throws IOException {
    ProcessBuilder.Redirect log =
        ProcessBuilder.Redirect.appendTo(folder.resolve("postgres.log").toFile());
    EmbeddedPostgres.Builder server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setCleanDataDirectory(false)
            .setOverrideWorkingDirectory(binaries(folder).toFile())
            .setRegisterShutdownHook(false)
            .setPGStartupWait(START_WITHIN)
            .setPort(port)
            .setOutputRedirector(log)
            .setErrorRedirector(log)
            // What a commit says must be true after a power cut.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("listen_addresses", "127.0.0.1")
            .setServerConfig("max_connections", "40")
            // Small memory; few, large checkpoints, since full pages follow each of them.
            .setServerConfig("shared_buffers", "128MB")
            .setServerConfig("max_wal_size", "2GB")
            .setServerConfig("checkpoint_timeout", "15min")
            .setServerConfig("log_min_messages", "error")
            .setServerConfig("log_checkpoints", "off");
    settings.forEach(server::setServerConfig);
    return server.start();
  }

  /**
   * Where the server's programs are unpacked: the user's cache, so that it is done once; the folder
   * itself where there is no such place. Never a directory that others can write to.
   */
  private static Path binaries(Path folder) throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "millrace");
    try {
      return Files.createDirectories(cache);
    } catch (IOException e) {
      return Files.createDirectories(folder.resolve("bin"));
    }
  }

  private static FileChannel lock(Path folder) {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve("millrace.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same answer.
    } catch (IOException e) {
      release(channel);
      throw new DatabaseUnavailable(
          "the folder %s can't be used for the database: %s".formatted(folder, e.getMessage()),
          "give one that this user may write to",
          e);
    }
    release(channel);
    throw new DatabaseUnavailable(
        "the folder %s is in use by another Millrace".formatted(folder),
        "wait until that one is ready to be asked, or stop it, or give another folder with --data",
        null);
  }

  private static void release(@Nullable FileChannel lock) {
    if (lock != null) {
      try {
        lock.close();
      } catch (IOException e) {
        // Closing lets go of the lock in any case.
      }
    }
  }

  private static void checkFree(int port) {
    if (port == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (IOException e) {
      throw new DatabaseUnavailable(
          "port %d, meant for the embedded PostgreSQL, is taken".formatted(port),
          "free it or give another one",
          e);
    }
  }

  private static void createDatabase(EmbeddedPostgres server) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      boolean exists;
      try (ResultSet row =
          statement.executeQuery("select 1 from pg_database where datname = '" + NAME + "'")) {
        exists = row.next();
      }
      if (!exists) {
        statement.execute("create database " + NAME);
      }
    }
  }

  /** Where {@code connectors.store.Database} opens it, as {@link #USER} without a password. */
  public String url() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + NAME;
  }

  /** The port it listens on. */
  public int port() {
    return server.getPort();
  }

  /**
   * Stops the server and leaves its data. Nothing stops it but this: the node's owner must call it.
   */
  @Override
  public void close() {
    try {
      checkpoint();
      server.close();
      LeftOverServer.stop(data);
    } catch (IOException e) {
      throw new IllegalStateException("the embedded PostgreSQL didn't stop", e);
    } finally {
      release(lock);
    }
  }

  /**
   * Writes all pages first: the server is waited for only five seconds, which a stop may exceed.
   */
  private void checkpoint() {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("checkpoint");
    } catch (SQLException e) {
      // It stops all the same, only more slowly.
    }
  }
}

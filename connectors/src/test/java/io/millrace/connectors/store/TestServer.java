package io.millrace.connectors.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One real PostgreSQL a test process; every test gets a database of its own. */
public final class TestServer {

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final EmbeddedPostgres SERVER = start();

  private TestServer() {}

  private static EmbeddedPostgres start() {
    try {
      return EmbeddedPostgres.builder()
          // No test here cuts the power: nothing is flushed, and tests are quick.
          .setServerConfig("fsync", "off")
          .setServerConfig("listen_addresses", "127.0.0.1")
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The URL of a database that is empty: no schema. */
  public static String emptyDatabase() {
    String name = "test_" + NUMBER.incrementAndGet();
    try (Connection connection = SERVER.getPostgresDatabase().getConnection();
        Statement create = connection.createStatement()) {
      create.execute("create database " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return "jdbc:postgresql://127.0.0.1:" + SERVER.getPort() + "/" + name;
  }

  /** An open database with the product's schema. */
  public static Database open(String url) {
    return Database.open(url, "postgres", "", 8);
  }
}

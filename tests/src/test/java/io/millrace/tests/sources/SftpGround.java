package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;

import io.millrace.connectors.files.SourceFiles;
import io.millrace.connectors.sftp.SftpSourceComponent;
import io.millrace.connectors.store.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A real server and a real database, for tests of the source. */
abstract class SftpGround {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMillis(600);

  private static EmbeddedPostgres postgres;
  private static Database database;
  private static int tenant;

  @TempDir Path folder;
  EmbeddedSftp server;

  @BeforeAll
  static void open() throws IOException {
    postgres = EmbeddedPostgres.start();
    database =
        Database.open(
            "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres", "postgres", "", 8);
  }

  @AfterAll
  static void shut() throws IOException {
    database.close();
    postgres.close();
  }

  @BeforeEach
  void start() throws Exception {
    tenant++;
    server = EmbeddedSftp.start(folder);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  ParkingReader reader(String more) throws Exception {
    return reader("a", "&passwordFile=" + server.passwordFile() + more);
  }

  ParkingReader reader(String node, String more) throws Exception {
    String known = more.contains("knownHosts") ? "" : "&knownHosts=" + server.knownHosts();
    return new ParkingReader(
        "sftp:127.0.0.1:"
            + server.port()
            + "?source=lamps&user=millrace&folder=lamps&poll=50&drainTimeout=300"
            + known
            + (more.contains("settle") ? "" : "&settle=0")
            + more,
        (context, sources) ->
            SftpSourceComponent.install(
                context, new SourceFiles(database.pool(), tenant, node), sources));
  }

  static String escaped(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  static void until(Callable<Boolean> outcome) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(outcome);
  }

  static void stays(Callable<Boolean> outcome) {
    await().during(STILL).atMost(PATIENCE).until(outcome);
  }

  static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(out::writeBytes);
    return out.toByteArray();
  }

  boolean areDone(int files) throws IOException {
    return server.names("").isEmpty() && server.names("done").size() == files;
  }

  static void untilStatesAre(String... states) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(SftpGround::states, List.of(states)::equals);
  }

  /** A row of a file that another node read, and that does not lie in the folder. */
  static void leftBehind(String name, String state, String leaseUntil) throws Exception {
    try (Connection c = database.connection();
        Statement s = c.createStatement()) {
      s.execute(
          "insert into source_file (tenant, source, path, size, modified, state, node, lease_until)"
              + " values (%d, 'lamps', 'lamps/%s', 1, 1, '%s', 'dead/0', %s)"
                  .formatted(tenant, name, state, leaseUntil));
    }
  }

  /** The states of all files, by their number. */
  static List<String> states() throws Exception {
    List<String> states = new ArrayList<>();
    try (Connection c = database.connection();
        Statement s = c.createStatement();
        ResultSet rs =
            s.executeQuery(
                "select state || coalesce(' ' || split_part(reason, ':', 1), '')"
                    + " || case when there then ' there' else '' end"
                    + " from source_file where tenant = "
                    + tenant
                    + " order by id")) {
      while (rs.next()) {
        states.add(rs.getString(1));
      }
    }
    return states;
  }
}

package io.millrace.connectors.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.files.FileClaim.Content;
import io.millrace.connectors.files.FileClaim.State;
import io.millrace.connectors.store.Database;
import io.millrace.connectors.store.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SourceFilesTest {
  private static final FoundFile FILE = new FoundFile("in/a.csv", 10, 1_000);
  private static final FoundFile TWIN = new FoundFile("in/b.csv", 10, 1_000);
  private static final byte[] BYTES = {1};
  private static final byte[] OTHERS = {2};
  private static final Predicate<String> THERE = path -> true;
  private static final Predicate<String> AWAY = path -> false;

  private Database database;
  private SourceFiles.Reader a;
  private SourceFiles.Reader b;

  @BeforeEach
  void open() {
    database = TestServer.open(TestServer.emptyDatabase());
    a = new SourceFiles(database.pool(), 1, "a").reader("lamps", 0);
    b = new SourceFiles(database.pool(), 1, "b").reader("lamps", 0);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void letTimePass() throws SQLException {
    try (Connection c = database.connection();
        Statement s = c.createStatement()) {
      s.execute("update source_file set lease_until = lease_until - interval '16 seconds'");
    }
  }

  private static FileClaim claim(SourceFiles.Reader reader, FoundFile file) throws SQLException {
    return reader.claim(file).orElseThrow();
  }

  @Test
  void claimedFile_isRefusedToOthersUntilTheLeaseEnds() throws Exception {
    FileClaim claim = claim(a, FILE);
    assertEquals(Optional.empty(), b.claim(FILE));
    assertEquals(claim.id(), claim(a, FILE).id());
    assertTrue(b.claim(new FoundFile("in/a.csv", 11, 1_000)).isPresent());
    letTimePass();
    assertTrue(a.renew(claim));
    assertEquals(Optional.empty(), b.claim(FILE));
    letTimePass();
    assertEquals(claim.id(), claim(b, FILE).id());
    assertFalse(a.renew(claim));
  }

  @Test
  void fileOfAnotherSourceOrTenant_isAnother() throws Exception {
    claim(a, FILE);
    assertTrue(
        new SourceFiles(database.pool(), 1, "b").reader("meters", 0).claim(FILE).isPresent());
    assertTrue(new SourceFiles(database.pool(), 2, "b").reader("lamps", 0).claim(FILE).isPresent());
  }

  @Test
  void progress_isStoredWhereItGoesOnAndByWhoHasTheFile() throws Exception {
    FileClaim claim = claim(a, FILE);
    assertEquals(new Content.Read(0), a.holds(claim, BYTES, 100, THERE));
    assertTrue(a.progress(claim, 0, 40, LineCounts.NONE));
    assertFalse(a.progress(claim, 0, 50, LineCounts.NONE));
    assertFalse(b.progress(claim, 40, 50, LineCounts.NONE));
    letTimePass();
    FileClaim taken = claim(b, FILE);
    assertEquals(State.READING, taken.state());
    assertEquals(new Content.Read(40), b.holds(taken, BYTES, 100, THERE));
    assertFalse(a.progress(claim, 40, 60, LineCounts.NONE));
    assertTrue(b.progress(taken, 40, 100, LineCounts.NONE));
  }

  @Test
  void otherBytesUnderTheSameNameSizeAndTime_beginAnew() throws Exception {
    FileClaim claim = claim(a, FILE);
    a.holds(claim, BYTES, 100, THERE);
    a.progress(claim, 0, 40, LineCounts.NONE);
    assertEquals(new Content.Read(0), a.holds(claim, OTHERS, 100, THERE));
  }

  @Test
  void sameBytes_areReadByOneAndAReplayAfterwards() throws Exception {
    FileClaim first = claim(a, FILE);
    a.holds(first, BYTES, 100, THERE);
    FileClaim second = claim(b, TWIN);
    assertInstanceOf(Content.Busy.class, b.holds(second, BYTES, 100, AWAY));
    a.progress(first, 0, 100, LineCounts.NONE);
    a.done(first);
    a.gone(first);
    a.release(first);
    assertEquals(new Content.Replayed(first.id(), FILE.path()), b.holds(second, BYTES, 100, THERE));
    b.replayed(second, BYTES, 100, first.id());
    b.gone(second);
    FileClaim again = claim(a, FILE);
    assertTrue(again.id() != first.id());
    assertInstanceOf(Content.Replayed.class, a.holds(again, BYTES, 100, THERE));
  }

  @Test
  void fileRenamedAfterItsReaderDied_isReadOnWhereThatOneCameTo() throws Exception {
    FileClaim first = claim(a, FILE);
    a.holds(first, BYTES, 100, THERE);
    a.progress(first, 0, 40, LineCounts.NONE);
    FileClaim second = claim(b, TWIN);
    assertInstanceOf(Content.Busy.class, b.holds(second, BYTES, 100, AWAY));
    letTimePass();
    second = claim(b, TWIN);
    assertInstanceOf(Content.Busy.class, b.holds(second, BYTES, 100, THERE));
    assertEquals(new Content.Read(40), b.holds(second, BYTES, 100, AWAY));
    assertTrue(b.progress(second, 40, 100, LineCounts.NONE));
    assertFalse(a.progress(first, 40, 100, LineCounts.NONE));
  }

  @Test
  void fileThatWasNeverReadWhole_isForgotten() throws Exception {
    FileClaim first = claim(a, FILE);
    a.gone(first);
    assertTrue(claim(b, FILE).id() != first.id());
  }
}

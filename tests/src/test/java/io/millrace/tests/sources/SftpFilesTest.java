package io.millrace.tests.sources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files the source reads, and which it refuses: a file counts whole or not at all. */
@Timeout(120)
class SftpFilesTest extends SftpGround {
  private static final String TRAILER = "&trailer=" + escaped("T,");

  @Test
  void filesOfAllKinds_areReadLineByLineAndMovedAway() throws Exception {
    server.put("plain.jsonl", "1\r\n2\n\n\r\n3".getBytes(StandardCharsets.UTF_8));
    server.put("mark.jsonl", "\ufeff4\n5\n".getBytes(StandardCharsets.UTF_8));
    server.put("packed.gz", joined(gzip("6\n7"), gzip("\n8\n"), new byte[512]));
    server.put("no name; -rf $(x) ü.jsonl", "9\n".getBytes(StandardCharsets.UTF_8));
    server.put("empty.jsonl", new byte[0]);
    server.put("unfinished.part", "10\n".getBytes(StandardCharsets.UTF_8));
    server.put(".hidden", "11\n".getBytes(StandardCharsets.UTF_8));
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> server.names("done").size() == 5);
      assertEquals(new HashSet<>(numbers(1, 10)), reader.seen.keySet());
      assertEquals(List.of(".hidden", "unfinished.part"), server.names(""));
      until(() -> reader.slot().inFlight() == 0);
    }
  }

  static Stream<Arguments> unusable() throws IOException {
    byte[] whole = gzip("1\n2\n".repeat(1_000));
    byte[] cut = Arrays.copyOf(whole, whole.length - 5);
    byte[] flipped = whole.clone();
    flipped[whole.length - 6] ^= 1;
    byte[] bomb = gzip("0".repeat(1000).concat("\n").repeat(3_000));
    return Stream.of(
        Arguments.of("cut-short", cut, ""),
        Arguments.of("cut-short", new byte[] {0x1f, (byte) 0x8b, 8}, ""),
        Arguments.of("damaged", flipped, ""),
        Arguments.of("trailing-bytes", joined(whole, "x".getBytes(StandardCharsets.UTF_8)), ""),
        Arguments.of("packed-too-tightly", bomb, ""),
        Arguments.of("too-large", bomb, "&mostRatio=1000&mostUnpacked=2000000"),
        Arguments.of(
            "too-large", "1\n".repeat(60).getBytes(StandardCharsets.UTF_8), "&mostBytes=99"),
        Arguments.of(
            "line-too-long", "1\n22222\n".getBytes(StandardCharsets.UTF_8), "&longestLine=4"),
        Arguments.of("line-too-long", "1".repeat(3 << 20).getBytes(StandardCharsets.UTF_8), ""),
        Arguments.of("not-text", new byte[] {'P', 'K', 3, 4, 0, 0}, ""),
        Arguments.of("not-text", "1\n".getBytes(StandardCharsets.UTF_16), ""),
        Arguments.of("no-header", new byte[0], "&header=true"),
        Arguments.of("no-trailer", "1\n2\n".getBytes(StandardCharsets.UTF_8), TRAILER),
        Arguments.of("trailer-count", "1\n2\nT,3\n".getBytes(StandardCharsets.UTF_8), TRAILER));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void fileThatIsNotWhole_isNotUsedAndMovedToTheFailed(String reason, byte[] bytes, String more)
      throws Exception {
    server.put("a.gz", bytes);
    try (ParkingReader reader = reader(more)) {
      reader.open = true;
      until(() -> server.names("failed").equals(List.of("a.gz")));
      assertEquals(Set.of(), reader.seen.keySet());
      untilStatesAre("failed " + reason);
    }
  }

  @Test
  void filesTooLarge_ofTwoReadersEachIsRefusedOnce() throws Exception {
    int files = 40;
    for (int i = 0; i < files; i++) {
      server.put("a-" + i + ".csv", "1\n".repeat(60).getBytes(StandardCharsets.UTF_8));
    }
    try (ParkingReader a = reader("a", "&passwordFile=" + server.passwordFile() + "&mostBytes=99");
        ParkingReader b = reader("b", "&passwordFile=" + server.passwordFile() + "&mostBytes=99")) {
      a.open = true;
      b.open = true;
      until(() -> server.names("failed").size() == files);
      until(() -> Collections.frequency(states(), "failed too-large") >= files);
    }
    // Only now: a reader that lists a file which is moved meanwhile claims it for a moment.
    assertEquals(Collections.nCopies(files, "failed too-large"), states());
  }

  @Test
  void fileMovedByOneWhoDiedBeforeSayingSo_isSaidToBeGone() throws Exception {
    leftBehind("a.csv", "done", "now() - interval '1 second'");
    leftBehind("b.csv", "failed", "now() - interval '1 second'");
    leftBehind("c.csv", "claimed", "now() - interval '1 second'");
    leftBehind("d.csv", "reading", "now() - interval '1 second'");
    leftBehind("e.csv", "done", "now() + interval '1 hour'");
    try (ParkingReader reader = reader("")) {
      untilStatesAre("done", "failed", "reading there", "done there");
    }
  }

  @Test
  void trailerThatCountsRight_isNotALine() throws Exception {
    server.put("a.csv", "id,wh\n1,5\n2,6\nT,0002\n".getBytes(StandardCharsets.UTF_8));
    try (ParkingReader reader = reader("&header=true" + TRAILER)) {
      reader.open = true;
      until(() -> areDone(1));
      assertEquals(Set.of("id,wh\n1,5", "id,wh\n2,6"), reader.seen.keySet());
    }
  }

  @Test
  void entriesThatAreNoFiles_areLeftAlone() throws Exception {
    Path secret = Files.writeString(folder.resolve("secret"), "not to be read\n");
    Files.createSymbolicLink(server.folder().resolve("link.csv"), secret);
    Files.createDirectory(server.folder().resolve("folder.csv"));
    Path fifo = server.folder().resolve("fifo.csv");
    assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
    try (ParkingReader reader = reader("&names=*.csv")) {
      reader.open = true;
      server.putLines("a.csv", numbers(0, 10));
      server.putLines("a.txt", numbers(10, 20));
      until(() -> server.names("done").size() == 1);
      assertEquals(new HashSet<>(numbers(0, 10)), reader.seen.keySet());
      assertEquals(List.of("a.txt"), server.names(""));
      until(() -> reader.slot().unsafe() > 0);
    }
  }

  @Test
  void namesThatServerListsAndThatLeadElsewhere_areNeitherReadNorMoved() throws Exception {
    Path home = server.folder().resolveSibling("");
    Path above = Files.writeString(home.resolve("above.jsonl"), "not to be read\n");
    Path other = Files.createDirectories(home.resolve("other")).resolve("x.jsonl");
    Files.writeString(other, "not to be read\n");
    List<String> lies =
        List.of(
            "../above.jsonl",
            "/above.jsonl",
            "../other/x.jsonl",
            "done/../../above.jsonl",
            "..\\above.jsonl",
            "..",
            "../lamps",
            "/etc/passwd");
    for (int i = 0; i < lies.size(); i++) {
      server.putLines("lie-" + i, List.of("not to be read"));
      server.listedAs.put("lie-" + i, lies.get(i));
    }
    server.putLines("a.jsonl", numbers(0, 10));
    try (ParkingReader reader = reader("&consumersCount=1")) {
      reader.open = true;
      until(() -> server.names("done").size() == 1);
      until(() -> reader.slot().unsafe() >= 7);
      stays(() -> reader.seen.size() == 10);
      assertEquals(new HashSet<>(numbers(0, 10)), reader.seen.keySet());
      assertEquals(List.of("a.jsonl"), server.names("done"));
      assertEquals(List.of(), server.names("failed"));
      assertEquals(lies.size(), server.names("").size());
      assertEquals("not to be read\n", Files.readString(above));
      assertEquals("not to be read\n", Files.readString(other));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&inFlight=0",
        "&consumersCount=17",
        "&knownHosts=",
        "&password=x",
        "&done=.",
        "&failed=done",
        "&trailer=T1",
        "&mostRatio=0",
        "&settle=-1",
        "&strictHostKeyChecking=no"
      })
  void optionThatIsWrong_isRefused(String option) {
    assertThrows(Exception.class, () -> reader(option).close());
  }
}

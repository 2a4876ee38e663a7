package io.millrace.tests.sources;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.source.Lag;
import io.millrace.connectors.source.SourceCheck;
import io.millrace.connectors.source.SourceState.Phase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The source against a real server: each byte counts once, whatever happens meanwhile. */
@Timeout(120)
class SftpSourceTest extends SftpGround {
  @Test
  void sameBytesAgainOrUnderAnotherName_areNotReadAgainAndSaidToBe() throws Exception {
    server.putLines("a.jsonl", numbers(0, 100));
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> areDone(1));
      server.putLines("renamed.jsonl", numbers(0, 100));
      until(() -> areDone(2));
      server.putLines("a.jsonl", numbers(0, 100));
      until(() -> areDone(3));
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
    }
    untilStatesAre("done", "replayed", "replayed");
  }

  @Test
  void linesInFlight_areBoundedAndTheFileStaysUntilTheyAreCommitted() throws Exception {
    server.putLines("a.jsonl", numbers(0, 10_000));
    try (ParkingReader reader = reader("&inFlight=3000&leastInFlight=3000")) {
      until(() -> reader.seen.size() == 4_000);
      stays(() -> reader.seen.size() == 4_000 && server.names("").size() == 1);
      assertEquals(4_000, reader.source().slots().stream().mapToLong(s -> s.inFlight()).sum());
      long bytes = Files.size(server.folder().resolve("a.jsonl"));
      until(() -> reader.source().lag().equals(Optional.of(new Lag(1, Lag.Unit.FILES, bytes))));
      reader.flow();
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(0, 10_000)), reader.seen.keySet());
      until(() -> reader.source().lag().equals(Optional.of(new Lag(0, Lag.Unit.FILES, 0))));
    }
  }

  @Test
  void stoppedInTheMiddle_isReadOnByAnotherNodeWhereTheCommitsEnded() throws Exception {
    server.putLines("a.jsonl", numbers(0, 10_000));
    try (ParkingReader reader = reader("&inFlight=5000&leastInFlight=5000")) {
      until(() -> reader.seen.size() == 6_000);
      reader.completeFirst();
      until(() -> reader.seen.size() == 8_000);
    }
    untilStatesAre("reading there");
    try (ParkingReader other = reader("b", "&passwordFile=" + server.passwordFile())) {
      other.open = true;
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(2_000, 10_000)), other.seen.keySet());
    }
    untilStatesAre("done");
  }

  @Test
  void renamedWhileItWasRead_isReadOnUnderItsNewName() throws Exception {
    server.putLines("a.jsonl", numbers(0, 5_000));
    try (ParkingReader reader = reader("&inFlight=5000&leastInFlight=5000")) {
      until(() -> reader.seen.size() == 5_000);
      reader.completeFirst();
      Files.move(server.folder().resolve("a.jsonl"), server.folder().resolve("b.jsonl"));
    }
    try (ParkingReader other = reader("b", "&passwordFile=" + server.passwordFile())) {
      other.open = true;
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(2_000, 5_000)), other.seen.keySet());
    }
    untilStatesAre("replayed", "done");
  }

  @Test
  void serverRestartedWithLinesInFlight_isLeftAndFoundAgain() throws Exception {
    server.putLines("a.jsonl", numbers(0, 500));
    try (ParkingReader reader = reader("")) {
      until(() -> reader.seen.size() == 500);
      server.stop();
      until(() -> reader.source().phase() == Phase.WAITING);
      reader.flow();
      until(() -> reader.slot().inFlight() == 0);
      server.restart();
      until(() -> areDone(1));
      server.putLines("b.jsonl", numbers(500, 600));
      until(() -> areDone(2));
      assertEquals(new HashSet<>(numbers(0, 600)), reader.seen.keySet());
      assertTrue(reader.seen.values().stream().allMatch(n -> n == 1));
    }
  }

  @Test
  void replacedWhileItWasRead_isReadAgainAsAnotherFile() throws Exception {
    server.putLines("a.jsonl", numbers(0, 100));
    try (ParkingReader reader = reader("")) {
      until(() -> reader.seen.size() == 100);
      server.putLines("a.jsonl", numbers(50, 300));
      reader.flow();
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(0, 300)), reader.seen.keySet());
      assertEquals(2, reader.seen.get("75"));
    }
    untilStatesAre("done", "done");
  }

  @Test
  void fileThatStillGrows_isNotReadBeforeItHasSettled() throws Exception {
    Path file = server.folder().resolve("a.jsonl");
    try (ParkingReader reader = reader("&settle=1500")) {
      reader.open = true;
      until(() -> reader.source().phase() == Phase.RUNNING);
      for (int i = 0; i < 12; i++) {
        Files.writeString(file, i + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        await().during(Duration.ofMillis(200)).until(() -> reader.seen.isEmpty());
      }
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(0, 12)), reader.seen.keySet());
      untilStatesAre("done");
    }
  }

  @Test
  void failedExchange_isTriedAgainInPlace() throws Exception {
    server.putLines("a.jsonl", numbers(0, 100));
    try (ParkingReader reader = reader("&consumersCount=1")) {
      reader.failing.set(3);
      reader.open = true;
      until(() -> areDone(1));
      assertEquals(new HashSet<>(numbers(0, 100)), reader.seen.keySet());
      assertEquals(3, reader.slot().failures());
    }
  }

  @Test
  void twoNodes_shareTheFilesAndReadEachOnce() throws Exception {
    String login = "&passwordFile=" + server.passwordFile();
    try (ParkingReader a = reader("a", login);
        ParkingReader b = reader("b", login)) {
      a.open = b.open = true;
      for (int i = 0; i < 30; i++) {
        server.putLines(i + ".jsonl", numbers(100 * i, 100 * i + 100));
      }
      until(() -> areDone(30));
      Set<String> all = new HashSet<>(a.seen.keySet());
      all.addAll(b.seen.keySet());
      assertEquals(new HashSet<>(numbers(0, 3_000)), all);
      assertEquals(3_000, a.seen.size() + b.seen.size());
    }
  }

  @Test
  void serverWithAnotherHostKey_isNotTalkedTo() throws Exception {
    Path other = folder.resolve("other");
    try (EmbeddedSftp stranger = EmbeddedSftp.start(other)) {
      String line = Files.readString(stranger.knownHosts());
      Files.writeString(
          stranger.knownHosts(), line.replace(":" + stranger.port(), ":" + server.port()));
      server.putLines("a.jsonl", numbers(0, 10));
      try (ParkingReader reader = reader("&knownHosts=" + stranger.knownHosts())) {
        reader.open = true;
        stays(() -> reader.seen.isEmpty() && reader.source().phase() == Phase.WAITING);
        // Mended while it runs.
        Files.copy(server.knownHosts(), stranger.knownHosts(), StandardCopyOption.REPLACE_EXISTING);
        until(() -> areDone(1));
      }
    }
  }

  @Test
  void test_triesTheFolderAndTouchesNoFile() throws Exception {
    try (ParkingReader reader = reader("")) {
      until(() -> reader.source().phase() == Phase.RUNNING);
      reader.source().suspend();
      server.putLines("a.jsonl", numbers(0, 10));
      List<SourceCheck> checks = reader.test();
      assertEquals(
          List.of("host", "login", "folder"), checks.stream().map(SourceCheck::name).toList());
      assertTrue(checks.stream().allMatch(SourceCheck::good), checks.toString());
      assertTrue(checks.getLast().says().endsWith("1 files wait"), checks.toString());
      assertEquals(List.of("a.jsonl"), server.names(""));
      assertTrue(reader.seen.isEmpty());

      String hosts = Files.readString(server.knownHosts());
      Files.writeString(server.knownHosts(), "");
      fails(reader, "login", "its host key is not the one in ");
      Files.writeString(server.knownHosts(), hosts);
      String password = Files.readString(server.passwordFile());
      Files.writeString(server.passwordFile(), "another");
      fails(reader, "login", "check the host key, the user, and the password");
      Files.writeString(server.passwordFile(), password);
      Files.move(server.folder(), folder.resolve("elsewhere"));
      fails(reader, "folder", "check the folder's name");
      server.stop();
      fails(reader, "host", "");
    }
  }

  private static void fails(ParkingReader reader, String name, String says) {
    SourceCheck last = reader.test().getLast();
    assertFalse(last.good(), last.toString());
    assertEquals(name, last.name());
    assertTrue(last.says().contains(says), last.says());
    assertFalse(last.says().contains("another"), "a secret is told");
  }

  @Test
  void loginByKey_isLetIn() throws Exception {
    KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
    server.userKey = pair.getPublic();
    Path file = folder.resolve("id_ed25519");
    OpenSSHKeyEncryptionContext locked = new OpenSSHKeyEncryptionContext();
    locked.setPassword("open sesame");
    locked.setCipherType("256");
    try (var out = Files.newOutputStream(file)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "test", locked, out);
    }
    Path phrase = Files.writeString(folder.resolve("phrase"), "open sesame\n");
    server.putLines("a.jsonl", numbers(0, 10));
    try (ParkingReader reader = reader("a", "&keyFile=" + file + "&passphraseFile=" + phrase)) {
      reader.open = true;
      until(() -> areDone(1));
    }
  }

  @Test
  void suspendedSource_takesNothingIn() throws Exception {
    try (ParkingReader reader = reader("")) {
      reader.open = true;
      until(() -> reader.source().phase() == Phase.RUNNING);
      reader.source().suspend();
      server.putLines("a.jsonl", numbers(0, 10));
      stays(() -> reader.seen.isEmpty());
      assertEquals(Phase.SUSPENDED, reader.source().phase());
      reader.source().resume();
      until(() -> areDone(1) && reader.seen.size() == 10);
    }
  }
}

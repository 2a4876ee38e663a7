package io.millrace.tests.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.tests.house.Repository;
import io.millrace.tests.launcher.SmallHouse.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {
  private static final int JAVA_RAN = 7;
  private static final int UNAVAILABLE = 3;
  private static final String BUILT = "touch ops/target/app/built";

  @TempDir private Path folder;
  private SmallHouse house;
  private Path millrace;
  private Map<String, String> jdk25;

  @BeforeEach
  void build() throws Exception {
    house = new SmallHouse(Repository.root().resolve("millrace"), folder);
    house.maven(BUILT);
    millrace = house.home.resolve("millrace");
    jdk25 = Map.of("JAVA_HOME", house.jdk("25.0.1").toString());
  }

  @Test
  void firstStart_buildsThenRuns() throws Exception {
    Outcome outcome = house.start(millrace, jdk25, "demo", "--name", "two words");

    assertEquals(JAVA_RAN, outcome.exit(), outcome::output);
    assertEquals(1, house.builds());
    assertTrue(outcome.output().contains("building"), outcome::output);
    assertTrue(outcome.output().endsWith("[demo][--name][two words]"), outcome::output);
    assertTrue(
        outcome.output().contains("[-jar][" + house.home + "/ops/target/app/millrace.jar]"),
        outcome::output);
  }

  @Test
  void secondStart_doesNotBuild() throws Exception {
    house.start(millrace, jdk25, "demo");
    Outcome second = house.start(millrace, jdk25, "demo");

    assertEquals(JAVA_RAN, second.exit(), second::output);
    assertEquals(1, house.builds());
    assertFalse(second.output().contains("building"), second::output);
  }

  @Test
  void changedSource_buildsAgain() throws Exception {
    house.start(millrace, jdk25);
    Path source = house.home.resolve("routes/src/main/java/A.java");
    Files.setLastModifiedTime(
        source,
        FileTime.from(
            Files.getLastModifiedTime(house.home.resolve("ops/target/app/built"))
                .toInstant()
                .plusSeconds(1)));
    house.start(millrace, jdk25);

    assertEquals(2, house.builds());
  }

  @Test
  void startThroughLink_findsItsHouse() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("linked"), Path.of("a house/millrace"));

    assertEquals(JAVA_RAN, house.start(link, jdk25).exit());
  }

  @Test
  void failedBuild_showsItsLogAndIsUnavailable() throws Exception {
    house.maven("echo cannot find symbol; exit 1");
    Outcome outcome = house.start(millrace, jdk25);

    assertEquals(UNAVAILABLE, outcome.exit(), outcome::output);
    assertTrue(outcome.output().contains("cannot find symbol"), outcome::output);
    assertTrue(outcome.output().contains("ops/target/build.log"), outcome::output);
  }

  @Test
  void buildOfAnotherStart_isWaitedFor_oneOfADeadStartIsNot() throws Exception {
    Path lock = Files.createDirectories(house.home.resolve("ops/target")).resolve("building");
    Process other = new ProcessBuilder("sleep", "2").start();
    Files.writeString(lock, other.pid() + "\n");
    Outcome waited = house.start(millrace, jdk25);
    assertEquals(JAVA_RAN, waited.exit(), waited::output);
    assertTrue(waited.output().contains("waiting for it"), waited::output);
    assertFalse(other.isAlive());
    assertFalse(Files.exists(lock));
  }

  @Test
  void noMaven_saysSo() throws Exception {
    Files.delete(house.bin.resolve("mvn"));
    Outcome outcome = house.start(millrace, jdk25);

    assertEquals(UNAVAILABLE, outcome.exit(), outcome::output);
    assertTrue(outcome.output().contains("Install Maven 3.8"), outcome::output);
  }

  @Test
  void namedJdkThatIsTooOld_isRefusedByItsVersion() throws Exception {
    Outcome outcome =
        house.start(millrace, Map.of("MILLRACE_JAVA", house.jdk("17.0.15").toString()));

    assertEquals(UNAVAILABLE, outcome.exit(), outcome::output);
    assertTrue(outcome.output().contains("it is JDK 17 in"), outcome::output);
    assertEquals(0, house.builds());
  }

  @Test
  void namedJdk_winsOverJavaHome() throws Exception {
    Outcome outcome =
        house.start(
            millrace,
            Map.of(
                "MILLRACE_JAVA",
                house.jdk("25.0.1").toString(),
                "JAVA_HOME",
                house.jdk("17.0.15").toString()));

    assertEquals(JAVA_RAN, outcome.exit(), outcome::output);
  }

  @Test
  void options_comeAfterTheDefaultHeap() throws Exception {
    Outcome outcome =
        house.start(
            millrace,
            Map.of("JAVA_HOME", house.jdk("25.0.1").toString(), "MILLRACE_OPTS", "-Xmx2g -Dx=y"));

    assertTrue(outcome.output().contains("[-Xmx512m]"), outcome::output);
    assertTrue(outcome.output().contains("[-Xmx2g][-Dx=y][-jar]"), outcome::output);
  }

  @Test
  void demoOfManyLamps_getsTheHeapForThem() throws Exception {
    assertEquals("512", heap("demo", "--lamps", "5000"));
    assertEquals("3012", heap("demo", "--lamps", "200000", "--hours", "1"));
    assertEquals("3012", heap("demo", "--hours", "1", "--lamps=200000"));
    assertEquals("512", heap("demo", "--lamps", "many"));
    assertEquals("512", heap("demo", "--lamps", "-1"));
    assertEquals("512", heap("demo", "--lamps"));
    assertEquals("512", heap("demo", "--lamps", "99999999999999999999"));
    assertEquals("512", heap("check", "--lamps", "200000"));
    assertEquals("512", heap());
  }

  private String heap(String... words) throws Exception {
    Outcome outcome = house.start(millrace, jdk25, words);
    assertEquals(JAVA_RAN, outcome.exit(), outcome::output);
    return outcome.output().replaceAll("(?s).*\\[-Xmx(\\d+)m].*", "$1");
  }

  @Test
  void node_keepsAnArchiveOfItsClasses_otherCommandsDoNot() throws Exception {
    String archive = "[-XX:SharedArchiveFile=" + house.home + "/ops/target/run.jsa]";

    assertTrue(house.start(millrace, jdk25, "run").output().contains(archive));
    assertFalse(house.start(millrace, jdk25, "check").output().contains("SharedArchive"));
  }
}

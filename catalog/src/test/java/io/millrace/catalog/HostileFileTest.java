package io.millrace.catalog;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class HostileFileTest {

  @Test
  void emptyFile_isRefused() {
    assertEquals("1:1 empty-file", Catalogs.faults(""));
    assertEquals("1:1 empty-file", Catalogs.faults("# only a comment\n"));
  }

  @Test
  void fileOverTheLimit_isRefusedUnread() {
    assertEquals("1:1 too-large", Catalogs.faults("&".repeat(YamlReader.MAX_BYTES + 1)));
  }

  @Test
  void otherEncodings_areRefusedWhereTheyShow() {
    assertTrue(
        problem("catalog: a\nzone: Mün".getBytes(ISO_8859_1))
            .startsWith("test.yaml:2:8: not-utf-8:"));
    assertTrue(problem("catalog: a".getBytes(UTF_16)).contains("not-utf-8"));
  }

  @Test
  void controlCharacter_isRefusedWhereItIs() {
    assertEquals("2:3 bad-character", Catalogs.faults("a: 1\nb:\u0007"));
    assertEquals("2:4 bad-character", Catalogs.faults("a: 😀\n😀b:\u0007"));
    assertEquals("9001:2 bad-character", Catalogs.faults("#😀234567\n".repeat(9000) + "b\u0007"));
  }

  @Test
  void byteOrderMark_isSkipped() {
    assertEquals("smart-city", Catalogs.accept("\uFEFF" + Catalogs.SOUND).name());
  }

  @Test
  void windowsLineEnds_areRead() {
    assertEquals("smart-city", Catalogs.accept(Catalogs.SOUND.replace("\n", "\r\n")).name());
  }

  @Test
  void aliasBomb_isRefusedAtTheFirstAnchor() {
    assertEquals("1:4 no-anchors", Catalogs.faults("a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n"));
  }

  @Test
  void deepNesting_isRefusedQuickly() {
    assertEquals("1:17 too-deep", Catalogs.faults("[".repeat(500_000)));
    assertEquals("1:62 too-deep", Catalogs.faults("{a: ".repeat(100_000)));
  }

  @Test
  void brokenYaml_isReportedWhereItBreaks() {
    assertEquals("2:1 bad-yaml", Catalogs.faults("a: {b: 1\n"));
    assertEquals("1:1 bad-type", Catalogs.faults("just words"));
  }

  @Test
  void messages_carryNoControlCharacters() {
    String problem = problem("\"\\e[31m\\u202e\\r\": 1".getBytes(UTF_8));
    assertTrue(problem.contains("'?[31m??'"), problem);
    assertFalse(problem.chars().anyMatch(Character::isISOControl), problem);
  }

  @Test
  void longText_isCutInMessages() {
    assertTrue(problem(("x".repeat(5000) + ": 1").getBytes(UTF_8)).length() < 300);
  }

  @Property(tries = 1000)
  void randomBytes_areRefusedWithAProblem(@ForAll byte[] bytes) {
    assertFalse(Catalogs.reject(bytes).isEmpty());
  }

  /** Flips a few bytes of a sound catalog: it is read or refused, and never breaks the reader. */
  @Property(tries = 2000)
  void damagedCatalog_isReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes = Catalogs.SOUND.getBytes(UTF_8);
    byte[] damage = " \n\t:{}[],&*#?|-<>=!%@'\"\\0aZé\u0000".getBytes(UTF_8);
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = damage[random.nextInt(damage.length)];
    }
    switch (CatalogFile.read("test.yaml", bytes)) {
      case CatalogFile.Result.Accepted(Catalog catalog) ->
          assertEquals(CatalogFile.hash(bytes), catalog.hash());
      case CatalogFile.Result.Rejected(var problems) -> assertFalse(problems.isEmpty());
    }
  }

  private static String problem(byte[] bytes) {
    return Catalogs.reject(bytes).getFirst().toString();
  }
}

package io.millrace.tests.house;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HouseRulesTest {
  @Test
  void everyFile_keepsTheHouseRules() throws IOException {
    Map<String, String> files = Repository.textFiles();
    assertTrue(
        files.containsKey("pom.xml") && files.containsKey("millrace"), "the walk went astray");

    List<String> found =
        files.entrySet().stream()
            .flatMap(file -> HouseRules.findings(file.getKey(), file.getValue()).stream())
            .toList();

    assertEquals("", String.join("\n", found));
  }

  @ParameterizedTest
  @ValueSource(strings = {"catalog", "processors", "connectors", "routes", "ops", "tests"})
  void everyModule_saysWhatItOwns(String module) throws IOException {
    String readme = Repository.textFiles().getOrDefault(module + "/README.md", "");

    for (String part : List.of("Owns", "Does not own", "Invariants", "Time")) {
      assertTrue(readme.contains(part), module + "/README.md lacks \"" + part + "\"");
    }
  }

  // A ~ stands for what this file itself may not contain.
  @ParameterizedTest
  @CsvSource({
    "a tab,              catalog/src/main/java/A.java, 'a\tb'",
    "trailing,           README.md,                    'a '",
    "finish it,          ops/notes.md,                 '// FIX~ME later'",
    "one machine,        ops/src/main/java/A.java,     'open(\"/ro~ot/x\")'",
    "registry,           pom.xml,                      'https://art~ifactory.example/x'",
    "does not sleep,     ops/src/test/java/ATest.java, 'Thread.sle~ep(1);'",
    "proves nothing,     ops/src/test/java/ATest.java, '@Dis~abled'",
    "carriage,           README.md,                    'a\r'",
  })
  void plantedLine_isFound(String finding, String path, String line) {
    List<String> found = HouseRules.findings(path, line.replace("~", "") + "\n");

    assertTrue(found.stream().anyMatch(each -> each.contains(finding)), found::toString);
  }

  @Test
  void honestLine_isLeftAlone() {
    String text = "    call(\"https://example.org/work/item\"); // see ops/work/ and ./root/x\n";

    assertEquals(List.of(), HouseRules.findings("ops/src/main/java/A.java", text));
  }

  @Test
  void sleepOutsideTests_isLeftAlone() {
    assertEquals(
        List.of(), HouseRules.findings("ops/src/main/java/A.java", "Thread.sle" + "ep(1);\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "ops/src/main/java/A.java, 400, 0",
    "ops/src/main/java/A.java, 401, 1",
    "ops/README.md,             61, 1",
    "README.md,                149, 0",
    "README.md,                150, 1",
    "LICENSE,                  900, 0",
    "ops/src/main/resources/openapi/millrace.yaml, 900, 0",
    "ops/examples/node.yaml,   401, 1",
  })
  void fileThatIsTooLong_isFound(String path, int lines, int findings) {
    assertEquals(findings, HouseRules.findings(path, "x\n".repeat(lines)).size());
  }

  @Test
  void fileWithoutLastLineFeed_isFound() {
    assertEquals(1, HouseRules.findings("README.md", "a").size());
  }
}

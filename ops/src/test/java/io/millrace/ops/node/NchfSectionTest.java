package io.millrace.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ops.node.NchfConfig.Group;
import io.millrace.ops.node.NchfConfig.Identifier;
import io.millrace.ops.node.NchfConfig.Measured;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The section {@code nchf} of a configuration; what is wrong is told with line and column. */
class NchfSectionTest {
  private static final String NODE =
      """
      database: {url: 'jdbc:postgresql://127.0.0.1/millrace'}
      catalog: catalog.yaml
      routes: routes
      """;

  @TempDir Path folder;

  private NodeConfig read(String section) throws Exception {
    Path file = folder.resolve("node.yaml");
    Files.writeString(file, NODE + section);
    return NodeConfigFile.read(file);
  }

  @Test
  void section_isReadWithItsDefaults() throws Exception {
    assertTrue(read("").nchf().isEmpty());
    NchfConfig terms =
        read("""
        nchf:
          rating-groups:
            10: {meter: data, unit: totalVolume, grant: 10000000000, threshold: 5, holding-time: 6}
            4294967295: {meter: talk, unit: time, grant: 1}
        """)
            .nchf()
            .orElseThrow();
    assertEquals(
        new NchfConfig(
            "",
            Identifier.SUPI,
            "",
            3_600,
            Map.of(
                10L, new Group("data", Measured.TOTAL_VOLUME, 10_000_000_000L, 6, 5),
                4_294_967_295L, new Group("talk", Measured.TIME, 1, 0, 0))),
        terms);
    String more =
        "nchf: {subscriber: gpsi, strip: msisdn-, validity: 60, api-root: 'https://chf.example/a',"
            + " rating-groups: {1: {meter: m, unit: serviceSpecificUnits, grant: 2}}}\n";
    assertEquals(
        new NchfConfig(
            "https://chf.example/a",
            Identifier.GPSI,
            "msisdn-",
            60,
            Map.of(1L, new Group("m", Measured.SERVICE_SPECIFIC_UNITS, 2, 0, 0))),
        read(more).nchf().orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "nchf: 7|4:1|`nchf` is a map",
        "nchf: {}|4:1|`nchf.rating-groups` is a map of 1 to 1000",
        "nchf: {rating-groups: {}}|4:8|`nchf.rating-groups` is a map of 1 to 1000",
        "nchf: {groups: {}}|4:8|unknown key `nchf.groups`",
        "nchf: {subscriber: pei, rating-groups: {G}}|4:8|`nchf.subscriber` is `supi` or `gpsi`",
        "nchf: {validity: 0, rating-groups: {G}}|4:8|`nchf.validity` is a whole number",
        "nchf: {validity: 86401, rating-groups: {G}}|4:8|`nchf.validity` is a whole number",
        "nchf: {api-root: chf, rating-groups: {G}}|4:8|`nchf.api-root` is a URL",
        "nchf: {rating-groups: {ten: {}}}|4:24|`nchf.rating-groups.ten` is a whole number",
        "nchf: {rating-groups: {4294967296: {}}}|4:24|from 0 to 4294967295",
        "nchf: {rating-groups: {-1: {}}}|4:24|from 0 to 4294967295",
        "nchf: {rating-groups: {1: x}}|4:24|`nchf.rating-groups.1` is a map",
        "nchf: {rating-groups: {1: {unit: time, grant: 1}}}|4:24|.meter` is missing",
        "nchf: {rating-groups: {1: {meter: m, unit: s, grant: 1}}}|4:38|.unit` is one of",
        "nchf: {rating-groups: {1: {meter: m, unit: time}}}|4:24|and is missing",
        "nchf: {rating-groups: {1: {meter: m, unit: time, grant: 0}}}|4:50|not `0`",
        "nchf: {rating-groups: {1: {meter: m, unit: time, grant: 1.5}}}|4:50|not `1.5`",
        "nchf: {rating-groups: {1: {meter: m, unit: time, grant: 1, x: 1}}}|4:60|unknown key",
      })
  void mistake_isToldWithItsPlace(String section, String place, String says) {
    String whole = section.replace("{G}", "{1: {meter: m, unit: time, grant: 1}}");
    String message =
        assertThrows(NodeConfigFile.ConfigRefused.class, () -> read(whole + "\n")).getMessage();
    assertTrue(message.contains(":" + place + ": "), message);
    assertTrue(message.contains(says), message);
  }
}

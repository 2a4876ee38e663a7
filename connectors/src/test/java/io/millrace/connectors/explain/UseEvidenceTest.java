package io.millrace.connectors.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which requests prove a row of 12 MB. */
class UseEvidenceTest {
  private static final String CATALOG =
      """
      catalog: mobile
      effective: 2026-11-01
      currency: EUR
      zone: Europe/Madrid
      meters:
        data: {event: sim.data, value: data.bytes, unit: MB, scale: 6, aggregate: sum}
      offers:
        sim:
          scope: device
          window: 1h
          charges:
            data: {meter: data, unit: MB, per-unit: 0.01}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'meter':'data','quantity':'12','reservation':'r-1-0-5-0','last':true}|true",
        "{'meter':'data','quantity':'12.000000','invocationSequenceNumber':2,"
            + "'multipleUnitUsage':{'ratingGroup':10,'usedUnitContainer':"
            + "[{'localSequenceNumber':1,'totalVolume':12000000}]}}|true",
        "{'multipleUnitUsage':{'meter':'other','quantity':'7'},'meter':'data','quantity':'12'}|true",
        "{'multipleUnitUsage':{'meter':'data','quantity':'12'}}|false",
        "{'meter':'data','quantity':'11','multipleUnitUsage':{'quantity':'12'}}|false",
        "{'meter':'talk','quantity':'12'}|false",
        "{'meter':'data','quantity':'x'}|false",
        "{'meter':'data','quantity':'12'|false",
        "['meter','data','quantity','12']|false"
      })
  void request_provesWhatItNames(String raw, boolean proves) {
    byte[] bytes = raw.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    UsageBatch usage = new UsageBatch(1);
    usage.add(0, 1, 1, 1, false, 5, 5, 0, new long[] {12_000_000}, 1, bytes, 0, bytes.length);
    assertEquals(proves, UseEvidence.saysTheSame(bytes, usage, rules()), raw);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'meter':'data','quantity':'12','attributes':{'zone':'eu'}}|true",
        "{'meter':'data','quantity':'12','attributes':{'rat':'4','zone':'eu'}}|true",
        "{'meter':'data','quantity':'12','attributes':{'zone':'uk'}}|false",
        "{'meter':'data','quantity':'12','attributes':{}}|false",
        "{'meter':'data','quantity':'12','attributes':['zone','eu']}|false",
        "{'meter':'data','quantity':'12'}|false"
      })
  void whatIsSaidOfAUse_provesItsBand(String raw, boolean proves) {
    Rules rules =
        rules(
            CATALOG.replace(
                "per-unit: 0.01",
                "bands: [{band: eu, when: {data.zone: eu}, per-unit: 0.01},"
                    + " {band: all, per-unit: 1}]"));
    byte[] bytes = raw.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    UsageBatch usage = new UsageBatch(1);
    usage.add(0, 1, 1, 1, false, 5, 5, 0, new long[] {12_000_000, 1}, 2, bytes, 0, bytes.length);
    assertEquals(proves, UseEvidence.saysTheSame(bytes, usage, rules), raw);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'meter':'data','quantity':'12','attributes':{'class':'live','alarm':'true'}}|true",
        "{'meter':'data','quantity':'12','attributes':{'class':'live'}}|false",
        "{'meter':'data','quantity':'12','attributes':{'alarm':'true'}}|false",
        "{'meter':'bulk','quantity':'12','attributes':{'class':'live','alarm':'true'}}|false",
        "{'meter':'data','quantity':'12'}|false"
      })
  void whatIsSaidOfAUse_provesWhoReadsIt(String raw, boolean proves) {
    String where = "aggregate: sum, where: {data.class: live}}\n";
    String more =
        "  bulk: {event: sim.data, value: data.b, unit: MB, aggregate: sum, where: {data.class:"
            + " b}}\n"
            + "  alarms: {event: sim.data, aggregate: count, where: {data.alarm: 'true'}}\n";
    Rules rules =
        rules(
            CATALOG.replace("aggregate: sum}\n", where + more)
                + "      bulk: {meter: bulk, unit: MB, per-unit: 1}\n"
                + "      alarms: {meter: alarms, unit: each, per-unit: 1}\n");
    byte[] bytes = raw.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    UsageBatch usage = new UsageBatch(1);
    long[] values = {1, UsageBatch.NOT_READ, 12_000_000}; // in the order of their names
    usage.add(0, 1, 1, 1, false, 5, 5, 0, values, 3, bytes, 0, bytes.length);
    assertEquals(proves, UseEvidence.saysTheSame(bytes, usage, rules), raw);
  }

  private static Rules rules() {
    return rules(CATALOG);
  }

  private static Rules rules(String catalog) {
    CatalogFile.Result read = CatalogFile.read("test", catalog.getBytes(StandardCharsets.UTF_8));
    return Rules.compile(1, 2, ((CatalogFile.Result.Accepted) read).catalog(), a -> 7);
  }
}

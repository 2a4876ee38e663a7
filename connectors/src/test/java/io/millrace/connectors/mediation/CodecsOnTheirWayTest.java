package io.millrace.connectors.mediation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.Evidence;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.explain.Explainer;
import io.millrace.connectors.explain.Explanation;
import io.millrace.connectors.suspense.SafeText;
import io.millrace.connectors.suspense.SuspenseStore;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Payloads of each format from a route's end to a charge that is proven from its raw bytes. */
class CodecsOnTheirWayTest {
  private static final Verdicts.Each CHARGED = new Verdicts.Each(Verdict.CHARGED, null);
  private static final Verdicts.Each DUPLICATE = new Verdicts.Each(Verdict.DUPLICATE, null);

  private static final CodecSpec CSV =
      CodecSpec.of(
          "csv",
          Map.of(
              "id",
              "seq",
              "subject",
              "lamp",
              "time",
              "at",
              "type",
              "lamp.report",
              "source",
              "/csv",
              "values",
              "wh=energy"));
  private static final CodecSpec JSON =
      CodecSpec.of(
          "json",
          Map.of(
              "each",
              "/r",
              "id",
              "/n",
              "subject",
              "^/d",
              "time",
              "/t",
              "timeFormat",
              "ms",
              "type",
              "lamp.report",
              "source",
              "/json",
              "values",
              "wh=/e"));
  private static final CodecSpec SENML =
      CodecSpec.of("senml", Map.of("source", "/senml", "types", "e=lamp.report/wh/Wh"));
  private static final CodecSpec SPARKPLUG =
      CodecSpec.of(
          "sparkplug",
          Map.of("source", "/spark", "types", "e=lamp.report/wh", "subject", "device"));

  private City city;

  @BeforeEach
  void open() throws Exception {
    city = new City(10_000).with("lamp-1", "lamp-2");
  }

  @AfterEach
  void close() {
    city.close();
  }

  private static Verdicts.Each suspended(Reason reason) {
    return new Verdicts.Each(Verdict.SUSPENDED, reason);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static final byte[] CSV_FILE =
      bytes(
          """
          seq,lamp,at,energy
          1,lamp-1,2026-11-02T10:00:00Z,1.5
          2,lamp-3,2026-11-02T10:00:00Z,1.5
          3,lamp-2,2026-11-02T10:00:00Z,much
          """);
  private static final byte[] JSON_DOCUMENT =
      bytes("{\"d\":\"lamp-1\",\"r\":[{\"n\":1,\"t\":1793613600000,\"e\":2},{\"n\":2}]}");
  private static final byte[] SENML_PACK =
      bytes(
          "[{\"bn\":\"lamp-2:\",\"bt\":1793613600,\"bu\":\"Wh\"},{\"n\":\"e\",\"v\":3},"
              + "{\"n\":\"e\",\"t\":1,\"v\":3}]");

  /** timestamp 1793613600000, one metric: alias 5, int_value 7. */
  private static final byte[] SPARKPLUG_DATA =
      HexFormat.of().parseHex("0880aacedd9934" + "1204" + "10055007");

  /** The same time, one metric: name "e", alias 5, datatype Int32, int_value 0. */
  private static final byte[] SPARKPLUG_BIRTH =
      HexFormat.of().parseHex("0880aacedd9934" + "1209" + "0a0165" + "1005" + "2003" + "5000");

  @Test
  void payloadsOfAllFormats_areChargedOnceAndEachPartIsAnswered() throws Exception {
    for (int time = 0; time < 2; time++) {
      Verdicts.Each charged = time == 0 ? CHARGED : DUPLICATE;
      assertEquals(
          List.of(charged, suspended(Reason.UNKNOWN_DEVICE), suspended(Reason.BAD_QUANTITY)),
          city.send(CSV, CSV_FILE));
      assertEquals(List.of(charged, suspended(Reason.NO_TIME)), city.send(JSON, JSON_DOCUMENT));
      assertEquals(List.of(charged, charged), city.send(SENML, SENML_PACK));
    }
    assertEquals(4, city.counts().charged());
    assertEquals(
        List.of("csv", "json", "senml"),
        city.rows("select split_part(spec, E'\\n', 1) from codec order by 1"));
  }

  @Test
  void whatAnOperatorSees_isWhatTheSenderWrote() throws Exception {
    city.send(CSV, CSV_FILE);
    city.send(SENML, bytes("[{\"bn\":\"lamp-2:\",\"bu\":\"Wh\"},{\"n\":\"e\",\"v\":3}]"));
    List<String> texts =
        new SuspenseStore(city.database.pool())
            .list(city.tenant.id(), SuspenseStore.Filter.OPEN, 10, "").events().stream()
                .map(e -> SafeText.of(Evidence.sent(e.raw()), 100))
                .sorted()
                .toList();
    assertEquals(
        List.of(
            "2,lamp-3,2026-11-02T10:00:00Z,1.5",
            "3,lamp-2,2026-11-02T10:00:00Z,much",
            "{\"n\":\"e\",\"v\":3}"),
        texts);
    assertArrayEquals(bytes("\u0001\u0001x"), Evidence.sent(bytes("\u0001\u0001x")), "cut off");
  }

  @Test
  void partsInSuspense_areChargedByTheCodecTheyCameIn() throws Exception {
    city.send(CSV, CSV_FILE);
    city.with("lamp-3");
    assertEquals(new Recycler.Recycled(1, 1), city.recycler().recycle("unknown-device", null));
    assertEquals(2, city.counts().charged());
    assertEquals(DUPLICATE, city.send(CSV, CSV_FILE).get(1));
  }

  @Test
  void aliasWithoutItsBirth_waitsForTheBirthAndIsThenCharged() throws Exception {
    Payload data = new Payload(SPARKPLUG_DATA, Transport.at("spBv1.0/city/DDATA/edge-1/lamp-1"));
    assertEquals(List.of(suspended(Reason.UNKNOWN_ALIAS)), city.send(SPARKPLUG, data));
    assertEquals(List.of("city/edge-1"), city.rows("select node from sparkplug_rebirth"));
    assertEquals(new Recycler.Recycled(1, 0), city.recycler().recycle("unknown-alias", null));
    city.send(SPARKPLUG, new Payload(SPARKPLUG_BIRTH, Transport.at("spBv1.0/city/NBIRTH/edge-1")));
    assertEquals(List.of(), city.rows("select node from sparkplug_rebirth"));
    Payload birth = new Payload(SPARKPLUG_BIRTH, Transport.at("spBv1.0/city/DBIRTH/edge-1/lamp-1"));
    assertEquals(List.of(CHARGED), city.send(SPARKPLUG, birth));
    city.send(SPARKPLUG, birth);
    assertEquals(List.of("2"), city.rows("select count(*) from sparkplug_birth"));
    assertEquals(
        List.of("0"),
        city.rows("select count(*) from suspense where state <> 'open'"),
        "not before somebody recycles it");
    // The metric of the birth is the same metric at the same time: one use, told twice.
    assertEquals(new Recycler.Recycled(1, 1), city.recycler().recycle("unknown-alias", null));
    assertEquals(
        List.of("duplicate"),
        city.rows("select state from suspense where reason = 'unknown-alias'"));
    city.send(SPARKPLUG, data);
    assertEquals(1, city.counts().charged());
  }

  @Test
  void chargesOfAllFormats_areProvenFromTheirRawBytes() throws Exception {
    city.send(CSV, CSV_FILE);
    city.send(JSON, JSON_DOCUMENT);
    city.send(SENML, SENML_PACK);
    city.time(7_200_000);
    Awaitility.await().until(() -> city.rows("select count(*) from charge").equals(List.of("2")));
    for (String row : city.rows("select shard, seq, n, events from charge")) {
      String[] id = row.split(" ");
      Explanation explained =
          new Explainer(city.database.pool(), city.tenant, city.rules)
              .explain(
                  new ChargeId(
                      city.tenant.id(),
                      Integer.parseInt(id[0]),
                      Long.parseLong(id[1]),
                      Integer.parseInt(id[2])),
                  10,
                  false)
              .orElseThrow();
      assertTrue(explained.isProven(), explained.verdicts().toString());
      assertEquals(2, explained.events().size());
    }
  }

  @Test
  void codecThatWasChanged_isNoProof() throws Exception {
    city.send(CSV, CSV_FILE);
    assertThrows(SQLException.class, () -> city.rows("update codec set spec = 'json' returning 1"));
  }

  @Test
  void routeThatConfiguresNoCodec_doesNotStart() throws Exception {
    try (DefaultCamelContext context = new DefaultCamelContext()) {
      context.getRegistry().bind("usage", city.usage);
      UsageComponent.install(context);
      context.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("direct:good").to("usage:senml?source=s&types=e=lamp.report/wh");
            }
          });
      context.start();
      for (String uri :
          List.of(
              "usage:xml",
              "usage:csv",
              "usage:cloudevents?source=s",
              "usage:senml?source=s",
              "usage:senml?source=s&types=e=lamp.report&colour=red")) {
        assertThrows(ResolveEndpointFailedException.class, () -> context.getEndpoint(uri), uri);
      }
      context.createProducerTemplate().sendBody("direct:good", SENML_PACK);
      assertEquals(2, city.counts().charged());
    }
  }
}

package io.millrace.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.CatalogFile;
import io.millrace.ops.rest.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RateCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void templates() throws IOException {
    for (String name : List.of("ev-charging.yaml", "smart-city.yaml")) {
      Files.write(folder.resolve(name), CatalogFile.template(name));
    }
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private String write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
    return at(name);
  }

  private static String lamp(String subject, long id, String time, String wh) {
    return """
    {"specversion":"1.0","id":"%d","source":"/lamps","type":"lamp.report","subject":"%s","time":"%s","data":{"wh":%s}}
    """
        .formatted(id, subject, time, wh);
  }

  @Test
  void eventInWords_showsWhatItComesToAndWhy() {
    RanRate ran =
        RanRate.of(
            "--catalog",
            at("ev-charging.yaml"),
            "{at: 2026-03-05T18:00, wh: 80000, seconds: 3600}",
            "{at: 2026-03-29T03:00, wh: 50000, seconds: 3601}");
    assertEquals(0, ran.code(), ran.err());
    assertEquals(
        """
        ev-charging, 1 devices until 2026-03-31T22:00:00Z: 2 events charged, 0 duplicates, 0 not charged

        charge                             quantity  unit  price  amount  tax
        contract energy                    130       kWh          49.5    FR-20
          tier 1, up to 100 kWh            100       kWh   0.39   39
          tier 2, above 100 up to 500 kWh  30        kWh   0.35   10.5
        contract stay                      135       min          1.35    FR-PARKING
          each min                         135       min   0.01   1.35

        party        amount
        provider     6.35625
        roaming-hub  1.27125
        station      43.2225

        total EUR 50.85
        """,
        ran.out());
  }

  @Test
  void fileOfEvents_isRatedAsANodeWould() throws IOException {
    String usage =
        lamp("a", 1, "2026-11-02T10:00:00Z", "1000")
            + lamp("a", 1, "2026-11-02T10:00:00Z", "1000") // again
            + "\n"
            + lamp("b", 1, "2026-11-02T10:00:00Z", "500")
            + lamp("c", 1, "2026-11-02T10:00:00Z", "7") // in no list
            + "no event\n"
            + lamp("a", 2, "2026-11-02T09:00:00Z", "0.0001"); // finer than the meter
    Path packed = folder.resolve("usage.gz");
    try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write(usage.getBytes(StandardCharsets.UTF_8));
    }
    String devices =
        write(
            "devices.csv",
            """
            subject,account,offer,from,to
            a,city,lamp,2026-11-02T00:00:00Z,2026-11-03T00:00:00Z
            b,city,lamp,2026-11-02T00:00:00Z,2026-11-04T00:00:00Z
            """);
    RanRate ran =
        RanRate.of(
            "--catalog",
            at("smart-city.yaml"),
            "--usage",
            packed.toString(),
            "--devices",
            devices,
            "--charges",
            at("charges.jsonl"),
            "--json");
    assertEquals(1, ran.code(), ran.err());
    Map<String, Object> tree = ran.tree();
    assertEquals(Map.of("charged", 2L, "duplicate", 1L, "suspended", 3L), tree.get("events"));
    assertEquals(
        List.of(
            Map.of("line", 5L, "reason", "unknown-device"),
            Map.of("line", 6L, "reason", "malformed"),
            Map.of("line", 7L, "reason", "bad-quantity")),
        tree.get("suspended"));
    // 1.5 kWh, and a day of two lamps: the settlement period is a day in Madrid.
    assertEquals("0.200075", tree.get("total"));
    assertEquals(List.of(Map.of("account", "city", "amount", "0.200075")), tree.get("accounts"));
    BigDecimal written = BigDecimal.ZERO;
    for (String line : Files.readAllLines(folder.resolve("charges.jsonl"))) {
      Map<String, Object> charge = Json.readObject(line.getBytes(StandardCharsets.UTF_8));
      written = written.add(new BigDecimal(String.valueOf(charge.get("amount"))));
    }
    assertEquals(0, written.compareTo(new BigDecimal("0.200075")));
  }

  @Test
  void anotherTariff_isComparedAccountByAccount() throws IOException {
    String dearer =
        write(
            "city-2027.yaml",
            Files.readString(folder.resolve("smart-city.yaml"))
                .replace("catalog: smart-city", "catalog: city-2027")
                .replace("per-unit: 0.00005", "per-unit: 0.04")
                .replace("recurring: 0.10", "recurring: 0.05"));
    String usage =
        write(
            "usage.jsonl",
            lamp("a", 1, "2026-11-02T10:00:00Z", "1000")
                + lamp("b", 1, "2026-11-02T10:00:00Z", "3000")
                + lamp("c", 1, "2026-11-02T10:00:00Z", "0"));
    String[] args = {"--catalog", dearer, "--against", at("smart-city.yaml"), "--usage", usage};
    RanRate ran = RanRate.of(args);
    assertEquals(0, ran.code(), ran.err());
    assertEquals(
        """
        city-2027 against smart-city, 3 devices until 2026-11-02T23:00:00Z
          catalog: smart-city → city-2027
          offer lamp, charge energy, per-unit: 0.00005 → 0.04
          offer lamp, charge lease, recurring: 0.10 → 0.05
          before: 3 events charged, 0 duplicates, 0 not charged
          after: 3 events charged, 0 duplicates, 0 not charged
        1 accounts pay more, 2 less, 0 the same

        account  before   after  difference  percent
        b        0.10015  0.17   0.06985     69.7
        c        0.1      0.05   -0.05       -50.0
        a        0.10005  0.09   -0.01005    -10.0

        charge       before  after  difference  percent
        lamp energy  0.0002  0.16   0.1598      79900.0
        lamp lease   0.3     0.15   -0.15       -50.0

        party        before   after  difference  percent
        lamp-vendor  0.09006  0.093  0.00294     3.3
        telco        0.21014  0.217  0.00686     3.3

        total EUR 0.3002 before, 0.31 after: 0.0098 (3.3 %)
        """,
        ran.out());
    RanRate without = RanRate.of("--catalog", dearer, "--against", at("smart-city.yaml"));
    assertEquals(0, without.code(), without.err());
    assertTrue(
        without.out().startsWith("catalog: smart-city → city-2027\noffer lamp"), without.out());
    List<String> more = new ArrayList<>(List.of(args));
    more.add("--json");
    Map<String, Object> tree = RanRate.of(more.toArray(String[]::new)).tree();
    assertEquals(
        List.of(1L, 2L, 0L), List.of(tree.get("dearer"), tree.get("cheaper"), tree.get("same")));
    for (String of : List.of("accounts", "charges", "parties")) {
      assertEquals(
          0,
          Text.list(tree, of).stream()
              .map(row -> new BigDecimal(Text.of(row, "difference")))
              .reduce(BigDecimal.ZERO, BigDecimal::add)
              .compareTo(new BigDecimal("0.0098")),
          of);
    }
  }

  /** A month against days: both are charged to the month's end. */
  @Test
  void anotherPeriod_isComparedOverTheSameTime() throws IOException {
    String monthly =
        write(
            "monthly.yaml",
            Files.readString(folder.resolve("smart-city.yaml"))
                .replace("period: 24h", "period: month"));
    for (String[] args :
        List.of(
            new String[] {"--catalog", monthly, "--against", at("smart-city.yaml")},
            new String[] {"--against", monthly, "--catalog", at("smart-city.yaml")})) {
      List<String> all = new ArrayList<>(List.of(args));
      all.add("{at: 2026-11-05T10:00, wh: 1000}");
      RanRate ran = RanRate.of(all.toArray(String[]::new));
      assertEquals(0, ran.code(), ran.err());
      assertTrue(ran.out().contains("until 2026-11-30T23:00:00Z"), ran.out());
    }
  }

  /** However a file is sorted, and whatever comes late in it, it comes to the same. */
  @Test
  void anyOrderOfEvents_comesToTheSame() throws IOException {
    List<String> lines = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 3_000; i++) {
      Instant time = Instant.parse("2026-11-02T00:00:00Z").plusSeconds(random.nextInt(9_000_000));
      lines.add(lamp("d" + random.nextInt(20), i, time.toString(), "" + random.nextInt(9_000)));
    }
    Comparator<String> byTime = Comparator.comparing(l -> l.substring(l.indexOf("\"time\"")));
    Comparator<String> byDevice = Comparator.comparing(l -> l.substring(l.indexOf("\"subject\"")));
    List<Object> totals = new ArrayList<>();
    for (Comparator<String> order : List.of(byTime, byDevice, byTime.reversed())) {
      lines.sort(order);
      RanRate ran =
          RanRate.of(
              "--catalog",
              at("smart-city.yaml"),
              "--usage",
              write("usage.jsonl", String.join("", lines)),
              "--from",
              "2026-11-02T00:00:00Z",
              "--json");
      assertEquals(0, ran.code(), ran.err());
      List<Map<String, Object>> charges = Text.list(ran.tree(), "charges");
      charges.forEach(c -> c.remove("charges")); // what comes late is sealed apart
      charges.forEach(c -> c.remove("lines"));
      totals.add(List.of(charges, ran.tree().get("accounts"), ran.tree().get("total")));
    }
    assertEquals(totals.get(0), totals.get(1));
    assertEquals(totals.get(0), totals.get(2));
  }

  @Test
  void mistake_isOneClearLine() throws IOException {
    String city = at("smart-city.yaml");
    assertEquals(2, RanRate.of().code());
    assertEquals(2, RanRate.of("--catalog", city).code());
    told(RanRate.of("--catalog", city, "--usage", at("none")), 1, "the usage file ");
    told(RanRate.of("--catalog", city, "{at: yesterday, wh: 1}"), 1, "event 1:1:6: bad-moment: ");
    told(RanRate.of("--catalog", city, "{at: 2026-11-02, kwh: 1}"), 1, "no 'wh'");
    told(RanRate.of("--catalog", city, "--offer", "lamb", "{}"), 2, "no offer `lamb`");
    told(RanRate.of("--catalog", city, "--until", "later", "{}"), 2, "--until");
    told(RanRate.of("--catalog", write("bad.yaml", "catalog: x"), "{}"), 1, "missing-field");
    String list = write("devices.csv", "subject,account,offer,from,to\na,c,lamb,2026-11-02,\n");
    told(
        RanRate.of("--catalog", city, "--usage", at("none"), "--devices", list),
        1,
        "devices.csv:2: bad-");
    String yen =
        write(
            "yen.yaml", Files.readString(folder.resolve("smart-city.yaml")).replace("EUR", "JPY"));
    told(RanRate.of("--catalog", city, "--against", yen, "{}"), 1, "yen.yaml is in JPY");
    told(RanRate.of("--catalog", city, "--against", at("none.yaml"), "{}"), 1, "none.yaml");
    RanRate unknown = RanRate.of("--catalog", city, "{at: 1999-01-01T00:00, wh: 1}");
    assertEquals(1, unknown.code());
    assertTrue(unknown.out().contains("line 1: no-offer"), unknown.out());
    RanRate far = RanRate.of("--catalog", city, "{at: 2999-01-01T00:00, wh: 1}");
    assertTrue(far.out().contains("line 1: in-the-future"), far.out());
  }

  private static void told(RanRate ran, int code, String words) {
    assertEquals(code, ran.code(), ran.out() + ran.err());
    assertTrue(ran.err().contains(words), ran.err());
  }
}

package io.millrace.tests.pricing;

import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.tests.oracle.Shape;
import io.millrace.tests.oracle.Shape.Tier;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Draws bands by what events say and by hours, with tiers and allowances, meters of some events
 * only, and what uses say; and picks and prices as a person with a pencil would.
 */
final class AskedTariff {
  private static final String SUM = "value: data.v, unit: Wh, scale: 0, aggregate: sum";
  static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
  private static final List<String> MEMBERS = List.of("zone", "rat");
  private static final List<String> TEXTS = List.of("eu", "é\"y", "true", "7", "mars");

  /** What the events of {@code other} say, which {@code used} never reads where they do. */
  private static final String OTHER = "mars";

  static final String USED = "used";

  final boolean counts;
  private final Random random;
  private final List<Band> bands = new ArrayList<>();

  /**
   * What the main meter reads, null where it reads all; then events of another text are another's.
   */
  private final @Nullable List<String> where;

  /** What a meter beside them counts events of, none where there is none, and what each costs. */
  private final List<String> seen;

  private final BigDecimal eachSeen;

  /** Whether what each event is of the other meter is rounded up to a pair. */
  final boolean pairs;

  private String yaml = "";

  /**
   * A band.
   *
   * @param from of the day; null where it holds all day
   */
  record Band(
      String name,
      Map<String, List<String>> when,
      @Nullable LocalTime from,
      @Nullable LocalTime to,
      Shape shape) {

    boolean holds(long at, Map<String, String> said) {
      LocalTime clock = Instant.ofEpochMilli(at).atZone(ZONE).toLocalTime();
      boolean holds = from == null || !clock.isBefore(from) && clock.isBefore(to);
      for (Map.Entry<String, List<String>> asked : when.entrySet()) {
        holds &= asked.getValue().contains(said.getOrDefault(asked.getKey(), ""));
      }
      return holds;
    }
  }

  AskedTariff(long seed) {
    random = new Random(seed);
    counts = random.nextInt(4) == 0;
    where = random.nextBoolean() ? texts() : null;
    seen = random.nextInt(3) == 0 ? texts() : List.of();
    pairs = random.nextBoolean();
    eachSeen = BigDecimal.valueOf(random.nextInt(1_000_000), 7);
  }

  /** Some that {@link #OTHER} is none of. */
  private List<String> texts() {
    List<String> texts = new ArrayList<>(TEXTS.subList(0, 4));
    texts.removeIf(t -> random.nextBoolean());
    return texts.isEmpty() ? List.of("eu") : texts;
  }

  /** The meter that reads the quantity, or counts; empty where none does. */
  String meterOf(Map<String, String> said) {
    String text = said.getOrDefault("class", "");
    return where == null || where.contains(text)
        ? USED
        : !counts && text.equals(OTHER) ? "other" : "";
  }

  /** Whether an event is counted beside, each of which costs {@link #priceOfSeen}. */
  boolean isSeen(Map<String, String> said) {
    return seen.contains(said.getOrDefault("class", ""));
  }

  /** In ledger units. */
  long priceOfSeen() {
    return eachSeen.movePointRight(9).longValueExact();
  }

  /** What so much of {@code other} costs, in ledger units. */
  long priceOfOther(long quantity) {
    return 3 * (pairs ? quantity + quantity % 2 : quantity);
  }

  private static String quoted(List<String> texts) {
    return "['" + String.join("', '", texts) + "']";
  }

  /** Draws until each band is reached, which a catalog refuses to be without. */
  Rules rules() {
    while (true) {
      bands.clear();
      int n = 1 + random.nextInt(3);
      for (int i = 0; i < n; i++) {
        boolean always = random.nextBoolean();
        LocalTime from = always ? null : LocalTime.of(random.nextInt(12), 30 * random.nextInt(2));
        LocalTime to = from == null ? null : from.plusHours(1 + random.nextInt(11));
        bands.add(new Band("b" + i, when(), from, to, shape()));
      }
      bands.add(new Band("rest", Map.of(), null, null, shape()));
      Optional<Rules> compiled = compile();
      if (compiled.isPresent()) {
        return compiled.get();
      }
    }
  }

  private Map<String, List<String>> when() {
    Map<String, List<String>> when = new TreeMap<>();
    for (String member : MEMBERS) {
      List<String> texts = new ArrayList<>(TEXTS.subList(0, 4));
      texts.removeIf(t -> random.nextInt(3) == 0);
      if (!texts.isEmpty() && random.nextInt(3) > 0) {
        when.put(member, texts);
      }
    }
    return when;
  }

  private Shape shape() {
    String kind = List.of("per-unit", "graduated", "volume", "stair-step").get(random.nextInt(4));
    List<Tier> tiers = new ArrayList<>();
    int n = kind.equals("per-unit") ? 1 : 2 + random.nextInt(2);
    BigDecimal to = BigDecimal.ZERO;
    for (int k = 1; k <= n; k++) {
      to = to.add(BigDecimal.valueOf(1 + random.nextInt(counts ? 3 : 900)));
      BigDecimal price = BigDecimal.valueOf(random.nextInt(1_000_000), 7);
      boolean stairs = kind.equals("stair-step");
      tiers.add(
          new Tier(
              k == n ? null : to,
              stairs ? BigDecimal.ZERO : price,
              stairs ? price : BigDecimal.ZERO));
    }
    Shape all =
        new Shape(kind, tiers, BigDecimal.ZERO, BigDecimal.ONE, 9, Shape.EXACT, Shape.EXACT);
    return random.nextInt(3) > 0
        ? all
        : all.including(List.of(BigDecimal.valueOf(1 + random.nextInt(counts ? 2 : 500))));
  }

  private Optional<Rules> compile() {
    String unit = counts ? "each" : "Wh";
    List<String> included = new ArrayList<>();
    for (Band band : bands) {
      for (BigDecimal units : band.shape.included()) {
        included.add(
            "{allowance: a-%s, included: %s, unit: %s, of: used.%s}"
                .formatted(band.name, units, unit, band.name));
      }
    }
    yaml =
        """
        catalog: asked
        effective: 2026-01-01
        currency: EUR
        zone: %s
        meters:
          used: {event: e, %s}
        %s
        offers:
          thing:
            scope: device
            window: day
            %s
            charges:
              used:
                meter: used
                unit: %s
                bands:
        %s
        %s
        """
            .formatted(
                ZONE,
                (counts ? "aggregate: count" : SUM)
                    + (where == null ? "" : ", where: {data.class: " + quoted(where) + "}"),
                meters(),
                included.isEmpty() ? "" : "allowances: " + included,
                unit,
                bands.stream().map(AskedTariff::said).collect(Collectors.joining("\n")),
                charges());
    byte[] bytes = yaml.getBytes(StandardCharsets.UTF_8);
    return switch (CatalogFile.read("a.yaml", bytes)) {
      case CatalogFile.Result.Accepted a -> Optional.of(Rules.compile(1, 4, a.catalog(), x -> 1));
      case CatalogFile.Result.Rejected rejected -> {
        if (!rejected.problems().stream().allMatch(p -> p.code().equals("never-reached"))) {
          throw new AssertionError(rejected.problems() + "\n" + yaml);
        }
        yield Optional.empty();
      }
    };
  }

  private boolean hasOther() {
    return where != null && !counts;
  }

  private String meters() {
    String other = "  other: {event: e, " + SUM + ", where: {data.class: " + OTHER + "}}\n";
    String count = "  seen: {event: e, aggregate: count, where: {data.class: %s}}\n";
    return (hasOther() ? other : "") + (seen.isEmpty() ? "" : count.formatted(quoted(seen)));
  }

  private String charges() {
    String other = "      other: {meter: other, unit: Wh, per-unit: 0.000000003%s}\n";
    String round = pairs ? ", round: {each: event, up-to: 2}" : "";
    String count = "      seen: {meter: seen, unit: each, per-unit: %s}\n";
    return (hasOther() ? other.formatted(round) : "")
        + (seen.isEmpty() ? "" : count.formatted(eachSeen.toPlainString()));
  }

  private static String said(Band band) {
    List<String> keys = new ArrayList<>(List.of("band: " + band.name));
    if (!band.when.isEmpty()) {
      keys.add(
          band.when.entrySet().stream()
              .map(e -> "data." + e.getKey() + ": ['" + String.join("', '", e.getValue()) + "']")
              .collect(Collectors.joining(", ", "when: {", "}")));
    }
    if (band.from != null) {
      keys.add("hours: " + band.from + "-" + band.to);
    }
    Shape shape = band.shape;
    List<String> tiers = new ArrayList<>();
    for (Tier tier : shape.tiers()) {
      String to = tier.to() == null ? "" : "to: " + tier.to() + ", ";
      tiers.add(
          shape.kind().equals("stair-step")
              ? "{" + to + "price: " + tier.flat().toPlainString() + "}"
              : "{" + to + "per-unit: " + tier.each().toPlainString() + "}");
    }
    keys.add(
        shape.kind().equals("per-unit")
            ? "per-unit: " + shape.tiers().getFirst().each().toPlainString()
            : shape.kind() + ": " + tiers);
    return "          - {" + String.join(", ", keys) + "}";
  }

  /** The band that a person would pick. */
  Band bandOf(long at, Map<String, String> said) {
    return bands.stream().filter(b -> b.holds(at, said)).findFirst().orElseThrow();
  }

  /** What a use says; most often something that bands ask for. */
  Map<String, String> says() {
    Map<String, String> said = new TreeMap<>();
    for (String member : MEMBERS) {
      if (random.nextInt(4) > 0) {
        said.put(member, TEXTS.get(random.nextInt(TEXTS.size())));
      }
    }
    if ((where != null || !seen.isEmpty()) && random.nextInt(6) > 0) {
      said.put("class", TEXTS.get(random.nextInt(TEXTS.size())));
    }
    return said;
  }

  long quantity() {
    return counts ? 1 : 1 + random.nextInt(400);
  }

  /** The event of a use, as JSON; numbers and booleans as such or as texts. */
  String event(long id, long at, long quantity, Map<String, String> said) {
    StringBuilder data = new StringBuilder();
    said.forEach(
        (member, text) -> {
          boolean bare = (text.equals("true") || text.equals("7")) && random.nextBoolean();
          String value = bare ? text : '"' + text.replace("\"", "\\\"") + '"';
          data.append('"').append(member).append("\":").append(value).append(',');
        });
    return """
    {"specversion":"1.0","id":"%d","source":"s","type":"e","subject":"d","time":"%s",\
    "data":{%s"v":%d}}\
    """
        .formatted(id, Instant.ofEpochMilli(at), data, quantity);
  }

  int next(int bound) {
    return random.nextInt(bound);
  }

  @Override
  public String toString() {
    return yaml;
  }
}

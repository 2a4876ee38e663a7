package io.millrace.tests.simulation;

import static java.time.temporal.ChronoUnit.MINUTES;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.processors.rating.Rules;
import io.millrace.tests.oracle.Tariff;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What a seed's city pays, twice: as a catalog for the engine and in plain numbers for the oracle.
 */
record Plan(
    Rules rules,
    @Nullable Second second,
    Tariff tariff,
    long start,
    boolean counted,
    Extras extras) {

  /**
   * What holds once the city's second catalog is activated.
   *
   * @param from the first moment that it rates
   */
  record Second(Rules rules, Tariff tariff, long from) {}

  /** What was agreed: with the second catalog, or without. */
  Tariff tariff(boolean changed) {
    return changed && second != null ? second.tariff : tariff;
  }

  /** The rules of a version. */
  Rules rules(int version) {
    return version == 1 || second == null ? rules : second.rules;
  }

  static final int REVENUE = 1;
  static final int SHARED = 2;
  static final int LAMP_REPORT = 0;
  static final int WATER_REPORT = 1;
  static final ZoneId ZONE = ZoneId.of("Europe/Madrid");
  private static final LocalDate EFFECTIVE = LocalDate.of(2026, 1, 1);

  /** First days of a run: an ordinary one and the two on which the clocks change. */
  private static final List<LocalDate> STARTS =
      List.of(LocalDate.of(2026, 2, 16), LocalDate.of(2026, 3, 28), LocalDate.of(2026, 10, 24));

  private static final Map<String, Rules> COMPILED = new ConcurrentHashMap<>();
  private static final Map<String, Integer> PARTIES =
      Map.of("telco", 11, "lamp-vendor", 12, "works", 13, "alpha", 14);

  static Plan of(
      SplittableRandom random, Counted counted, Extras asked, Planted planted, int shards) {
    String period = pick(random, List.of("24h", "day", "PT36H"));
    String lampWindow = pick(random, List.of("1h", "15m", "day"));
    String waterWindow = pick(random, List.of("1h", "6h", "day"));
    Prices energy = Prices.energy(random);
    Prices plainWater = Prices.water(random);
    Prices water = asked.zoned() ? Prices.zoned() : plainWater;
    Prices report = Prices.each("0.0001");
    boolean leased = random.nextInt(3) > 0;
    boolean three = random.nextBoolean();
    boolean partners = random.nextInt(4) > 0;
    int mostSuspended = leased ? Rules.MOST_SUSPENDED : three ? 6 : 20;
    boolean bounded = random.nextBoolean();
    List<Tariff.Usage> lamp = new ArrayList<>(energy.usage("energy", LAMP_REPORT, 0));
    int energies = lamp.size();
    lamp.addAll(counted.usage());
    boolean inKilowattHours = counted.usage().stream().allMatch(Plan::isEnergy);
    Included plainInLamp =
        Included.any(
            random,
            inKilowattHours ? lamp : lamp.subList(0, energies),
            "kWh",
            List.of("0.3", "1.2", "0.004"));
    List<Tariff.Usage> flow = water.usage("flow", WATER_REPORT, 0);
    Included plainInWater = Included.any(random, flow, "m3", List.of("0.4", "1.5"));
    String lampScope = counted.isOfOneDevice() ? "device" : asked.lampScope();
    Added added = asked.added().scoped(lampScope);
    Included inLamp = added.lampsAlone() ? Included.NOTHING : plainInLamp;
    boolean alone = added.waterAlone();
    Later later = added.later();
    Included perhaps = later != null && later.more() && flow.size() == 1 ? OF_FLOW : plainInWater;
    Included inWater = asked.drawn().isEmpty() && !alone ? perhaps : Included.NOTHING;
    Extras extras = asked.scoped(lampScope);
    List<Tariff.Lease> leases =
        !leased
            ? List.of()
            : extras.fee().isEmpty()
                ? List.of(new Tariff.Lease("lease", 100_000_000, false, ""))
                : extras.leases();
    List<Tariff.Usage> wet =
        new ArrayList<>(
            flow.stream().map(u -> u.drawing(extras.drawn()).on(added.flow())).toList());
    report.usage("report", WATER_REPORT, -1).forEach(u -> wet.add(u.on(added.reports())));
    List<Tariff.Usage> visits = later == null ? List.of() : later.visit();
    visits.forEach(u -> wet.add(u.on(added.others())));
    wet.addAll(extras.bundles());
    String[] flows = flow.stream().map(Tariff.Usage::name).toArray(String[]::new);
    String text =
        """
        catalog: city
        effective: %s
        currency: EUR
        zone: Europe/Madrid
        period: %s
        %smeters:
          energy: {event: lamp.report, value: data.wh, unit: Wh, scale: 3, aggregate: sum}
          reports: {event: water.report, aggregate: count}
          water: {event: water.report, value: data.l, unit: L, scale: 2, aggregate: sum}
        %soffers:
          lamp:
            scope: %s
            window: %s
            grace: %s
        %s    charges:
              energy: {meter: energy, %s}
        %s%s%s%s    share:
              - {party: telco, percent: 70}
              - {party: lamp-vendor, remainder: true}
          water:
            scope: %s
            window: %s
            grace: %s
            charges:
              flow: {meter: water, %s%s}
              report: {meter: reports, %s%s%s}
        %s%s      floor: {minimum: 0.0004, of: report}
        %s%s%s%s\
        """
            .formatted(
                EFFECTIVE,
                period,
                energy.parts().size() > 1 || counted.charge().contains("holidays")
                    ? "holidays: " + Prices.HOLIDAYS + "\n"
                    : "",
                counted.meter(),
                extras.lampScope(),
                lampWindow,
                leased ? "0m" : "3h",
                added.lampsPaid(),
                energy.yaml(),
                counted.charge(),
                !leased
                    ? ""
                    : extras.fee().isEmpty()
                        ? "      lease: {recurring: 0.10, every: day}\n"
                        : extras.fee(),
                bounded ? BOUNDS : "",
                inLamp.yaml(),
                extras.waterScope(),
                waterWindow,
                three ? "10m" : "0m",
                water.yaml(),
                added.flowPaid(),
                report.yaml(),
                added.reportsPaid(),
                extras.paidPerUnit() ? PAID : "",
                visits.isEmpty() ? "" : Later.VISIT,
                extras.bundle(),
                added.sponsored() ? "" : CEILING,
                inWater.yaml(),
                extras.allowances(),
                partners ? shares(three) : "");
    Tariff tariff =
        new Tariff(
            ZONE,
            midnight(EFFECTIVE),
            period.equals("day") ? 0 : period.equals("24h") ? hours(24) : hours(36),
            Rules.HORIZON.toMillis(),
            Rules.FUTURE.toMillis(),
            REVENUE,
            SHARED,
            BigInteger.valueOf(Long.MAX_VALUE / 8),
            BigInteger.valueOf(Long.MAX_VALUE / shards),
            mostSuspended,
            added.balances(),
            List.of(
                new Tariff.Offer(
                    "lamp",
                    length(lampWindow),
                    inLamp.in(lamp).stream().map(u -> u.on(added.lamps())).toList(),
                    leases,
                    bounded ? bounds(lamp, energies, leased) : List.of(),
                    List.of(party("telco", "70"), party("lamp-vendor", null)),
                    Map.of(),
                    added.payerOfLamps()),
                new Tariff.Offer(
                    "water",
                    length(waterWindow),
                    inWater.in(wet),
                    List.of(),
                    added.sponsored()
                        ? List.of(FLOOR)
                        : List.of(
                            FLOOR, close("ceiling", true, 310_000_000, with(flows, "report"))),
                    partners ? parties(three) : List.of(),
                    extras.paidPerUnit() ? Map.of("report", paid()) : Map.of(),
                    null)));
    long start = midnight(pick(random, STARTS)) + random.nextLong(hours(20));
    String read = planted.read(text);
    Rules rules =
        remembering(
            COMPILED.computeIfAbsent(read + shards, t -> compile(1, shards, List.of(read))),
            mostSuspended);
    Second second = null;
    if (later != null) {
      Instant from = Instant.ofEpochMilli(start + later.after()).truncatedTo(MINUTES);
      String then = planted.read(later.text(text, from, report, water));
      List<BigDecimal> included =
          inWater.charge().equals("flow") ? inWater.quantities() : List.of();
      second =
          new Second(
              remembering(compile(2, shards, List.of(read, then)), mostSuspended),
              later.from(tariff, from.toEpochMilli(), water, included),
              from.toEpochMilli());
    }
    return new Plan(rules, second, tariff, start, counted.isThere(), extras);
  }

  /** Whether a charge's quantities are thousandths of a Wh. */
  private static boolean isEnergy(Tariff.Usage usage) {
    return usage.shape().steps().compareTo(new BigDecimal(1_000_000)) == 0;
  }

  /** What a second catalog says otherwise. */
  private static final Included OF_FLOW =
      new Included("flow", "m3", List.of(new BigDecimal("0.4")));

  /** What others pay for is no part of a cap. */
  private static final String CEILING = "      ceiling: {cap: 0.31, of: [flow, report]}\n";

  private static final Tariff.Close FLOOR = close("floor", false, 400_000, "report");

  private static final String BOUNDS =
      """
            ceiling: {cap: 1.7, of: [energy]}
            promise: {commitment: 0.35}
      """;

  private static List<Tariff.Close> bounds(List<Tariff.Usage> lamp, int energies, boolean leased) {
    List<String> energy = lamp.stream().limit(energies).map(Tariff.Usage::name).toList();
    List<String> all = new ArrayList<>(lamp.stream().map(Tariff.Usage::name).toList());
    if (leased) {
      all.add("lease");
    }
    all.add("ceiling");
    return List.of(
        close("ceiling", true, 1_700_000_000, energy.toArray(String[]::new)),
        close("promise", false, 350_000_000, all.toArray(String[]::new)));
  }

  private static Tariff.Close close(String name, boolean cap, long bound, String... of) {
    return new Tariff.Close(name, cap, BigInteger.valueOf(bound), List.of(of));
  }

  private static String shares(boolean three) {
    return three
        ? """
            share:
              - {party: works, percent: 33.3333}
              - {party: alpha, percent: 33.3333}
              - {party: telco, remainder: true}
        """
        : """
            share:
              - {party: works, percent: 50}
              - {party: alpha, percent: 50}
        """;
  }

  private static List<Tariff.Party> parties(boolean three) {
    return three
        ? List.of(party("works", "33.3333"), party("alpha", "33.3333"), party("telco", null))
        : List.of(party("works", "50"), party("alpha", "50"));
  }

  /** What one party gets for each report of water, in its catalog and in plain numbers. */
  private static final String PAID =
      ", share: [{party: works, per-unit: 0.00003}, {party: alpha, percent: 20},"
          + " {party: telco, remainder: true}]";

  private static List<Tariff.Party> paid() {
    return List.of(
        new Tariff.Party("works", PARTIES.get("works"), null, new BigDecimal(30_000)),
        party("alpha", "20"),
        party("telco", null));
  }

  private static String[] with(String[] some, String more) {
    String[] all = Arrays.copyOf(some, some.length + 1);
    all[some.length] = more;
    return all;
  }

  private static Tariff.Party party(String name, String percent) {
    return new Tariff.Party(
        name, PARTIES.get(name), percent == null ? null : new BigDecimal(percent), null);
  }

  private static Rules compile(int version, int shards, List<String> texts) {
    List<Catalog> catalogs = texts.stream().map(Plan::catalog).toList();
    return Rules.compile(
        version,
        shards,
        catalogs,
        catalogs,
        account ->
            switch (account.kind()) {
              case "revenue" -> REVENUE;
              case "shared" -> SHARED;
              default -> {
                Integer other = Added.account(account.kind(), account.name());
                yield other == null ? PARTIES.get(account.name()) : other;
              }
            });
  }

  private static Catalog catalog(String text) {
    return switch (CatalogFile.read("plan.yaml", text.getBytes(StandardCharsets.UTF_8))) {
      case CatalogFile.Result.Accepted(Catalog catalog) -> catalog;
      case CatalogFile.Result.Rejected rejected ->
          throw new IllegalStateException(rejected.problems() + "\n" + text);
    };
  }

  private static Rules remembering(Rules rules, int mostSuspended) {
    return new Rules(
        rules.version(),
        rules.catalog(),
        rules.catalogs(),
        rules.types(),
        rules.offers(),
        rules.numbers(),
        rules.periods(),
        rules.revenue(),
        rules.shared(),
        rules.shards(),
        rules.horizon(),
        rules.future(),
        mostSuspended);
  }

  private static long length(String window) {
    return switch (window) {
      case "15m" -> hours(1) / 4;
      case "1h" -> hours(1);
      case "6h" -> hours(6);
      default -> 0;
    };
  }

  static long hours(long n) {
    return n * 3_600_000;
  }

  private static long midnight(LocalDate day) {
    return day.atStartOfDay(ZONE).toInstant().toEpochMilli();
  }

  static <T> T pick(SplittableRandom random, List<T> all) {
    return all.get(random.nextInt(all.size()));
  }
}

package io.millrace.processors.settlement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Agreement;
import io.millrace.catalog.Agreement.Share;
import io.millrace.catalog.Catalog;
import io.millrace.catalog.Offer;
import io.millrace.catalog.PeriodRule;
import io.millrace.catalog.WindowRule;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InvoicedSharesTest {

  private static final MinorUnit EUR = MinorUnit.of(2, 9);

  /**
   * Many agreements, some over several offers, many customers, amounts up and down, most of them
   * about a cent: the parties' statements are the invoices, to the cent.
   */
  @Property(tries = 400)
  void statementsOfTheParties_areTheInvoices(
      @ForAll long seed,
      @ForAll @IntRange(min = 1, max = 6) int agreements,
      @ForAll @IntRange(min = 1, max = 60) int customers) {
    Random random = new Random(seed);
    Map<String, Agreement> byOffer = new LinkedHashMap<>();
    for (int a = 0; a < agreements; a++) {
      Agreement agreement = agreement("agreement-" + a, random);
      for (int o = 0; o <= random.nextInt(3); o++) {
        byOffer.put("offer-" + a + "-" + o, agreement);
      }
    }
    byOffer.put("kept", new Agreement("kept", List.of()));
    Catalog catalog = catalog(byOffer);
    List<String> offers = List.copyOf(byOffer.keySet());

    InvoicedShares invoiced = new InvoicedShares();
    Map<String, Long> invoicedByOffer = new TreeMap<>();
    for (int c = 0; c < customers; c++) {
      Map<LineKey, Long> posted = new HashMap<>();
      for (int l = 0; l <= random.nextInt(4); l++) {
        String offer = offers.get(random.nextInt(offers.size()));
        posted.put(
            new LineKey(offer, "charge-" + l, random.nextInt(8) == 0),
            random.nextLong(-4_000_000, random.nextInt(5) == 0 ? 4_000_000_000L : 20_000_000));
      }
      Statement invoice = Statement.invoice(0, c, EUR, posted);
      invoiced.add(invoice);
      for (Statement.Line line : invoice.lines()) {
        invoicedByOffer.merge(line.key().offer(), line.amount(), Long::sum);
      }
    }
    Map<String, Map<LineKey, Long>> shares = invoiced.share(catalog);

    Map<String, Long> sharedByOffer = new TreeMap<>();
    shares.forEach(
        (party, lines) ->
            lines.forEach((key, amount) -> sharedByOffer.merge(key.offer(), amount, Long::sum)));
    invoicedByOffer.remove("kept");
    assertEquals(invoicedByOffer, sharedByOffer, "for every offer");

    Map<Agreement, Long> wholes = new LinkedHashMap<>();
    invoicedByOffer.forEach(
        (offer, amount) -> wholes.merge(agreement(byOffer, offer), amount, Long::sum));
    wholes.forEach(
        (agreement, whole) ->
            assertEquals(
                largestRemainder(agreement, whole), ofAgreement(shares, agreement, byOffer)));
  }

  @Test
  void threePartiesAndAFewCents_stillAddUp() {
    Agreement thirds =
        new Agreement(
            "thirds",
            List.of(
                new Share("a", 333_333, false),
                new Share("b", 333_333, false),
                new Share("c", 0, true)));
    Catalog catalog = catalog(Map.of("lamp", thirds, "meter", thirds));
    InvoicedShares invoiced = new InvoicedShares();
    LineKey lamp = new LineKey("lamp", "", false);
    LineKey meter = new LineKey("meter", "", false);
    invoiced.add(lamp, 1);
    invoiced.add(meter, 1);
    Map<String, Map<LineKey, Long>> shares = invoiced.share(catalog);
    assertEquals(
        Map.of(
            "a", Map.of(lamp, 0L, meter, 1L),
            "b", Map.of(lamp, 0L, meter, 0L),
            "c", Map.of(lamp, 1L, meter, 0L)),
        shares);
  }

  @Test
  void offersThatAreNotShared_areNobodysStatement() {
    InvoicedShares invoiced = new InvoicedShares();
    invoiced.add(new LineKey("kept", "energy", false), 100);
    invoiced.add(new LineKey("of another catalog", "energy", false), 100);
    Catalog catalog = catalog(Map.of("kept", new Agreement("kept", List.of())));
    assertTrue(invoiced.share(catalog).isEmpty());
  }

  private static Agreement agreement(Map<String, Agreement> byOffer, String offer) {
    Agreement found = byOffer.get(offer);
    if (found == null) {
      throw new AssertionError("no agreement of " + offer);
    }
    return found;
  }

  private static List<Long> ofAgreement(
      Map<String, Map<LineKey, Long>> shares, Agreement agreement, Map<String, Agreement> byOffer) {
    List<Long> sums = new ArrayList<>();
    for (Share share : agreement.shares()) {
      long sum = 0;
      for (Map.Entry<LineKey, Long> line :
          shares.getOrDefault(share.party(), Map.of()).entrySet()) {
        if (agreement(byOffer, line.getKey().offer()).name().equals(agreement.name())) {
          sum += line.getValue();
        }
      }
      sums.add(sum);
    }
    return sums;
  }

  /** Once more, the slow way: decimals, sorted cut-offs. */
  private static List<Long> largestRemainder(Agreement agreement, long whole) {
    int n = agreement.shares().size();
    BigDecimal named = BigDecimal.ZERO;
    for (Share share : agreement.shares()) {
      named = named.add(share.remainder() ? BigDecimal.ZERO : parts(share));
    }
    long[] out = new long[n];
    BigDecimal[] off = new BigDecimal[n];
    long left = Math.abs(whole);
    for (int i = 0; i < n; i++) {
      Share share = agreement.shares().get(i);
      BigDecimal part = share.remainder() ? BigDecimal.ONE.subtract(named) : parts(share);
      BigDecimal exact = part.multiply(BigDecimal.valueOf(Math.abs(whole)));
      BigDecimal cut = exact.setScale(0, RoundingMode.FLOOR);
      out[i] = cut.longValueExact();
      off[i] = exact.subtract(cut);
      left -= out[i];
    }
    Integer[] order = new Integer[n];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        (a, b) -> {
          int byCut = off[b].compareTo(off[a]);
          Share x = agreement.shares().get(a);
          Share y = agreement.shares().get(b);
          int byRemainder = Boolean.compare(y.remainder(), x.remainder());
          return byCut != 0
              ? byCut
              : byRemainder != 0 ? byRemainder : x.party().compareTo(y.party());
        });
    for (int i = 0; i < left; i++) {
      out[order[i]]++;
    }
    return Arrays.stream(out).map(part -> whole < 0 ? -part : part).boxed().toList();
  }

  private static BigDecimal parts(Share share) {
    return BigDecimal.valueOf(share.partsPerMillion(), 6);
  }

  private static Agreement agreement(String name, Random random) {
    int parties = 1 + random.nextInt(5);
    List<Share> shares = new ArrayList<>();
    int left = Agreement.WHOLE;
    for (int i = 1; i < parties; i++) {
      int parts = 1 + random.nextInt(left / 2);
      left -= parts;
      // Parties of several agreements have one statement for all of them.
      shares.add(new Share(random.nextBoolean() ? name + "-" + i : "party-" + i, parts, false));
    }
    shares.add(random.nextBoolean() ? new Share("rest", 0, true) : new Share("rest", left, false));
    return new Agreement(name, shares);
  }

  private static Catalog catalog(Map<String, Agreement> byOffer) {
    Map<String, Offer> offers = new LinkedHashMap<>();
    byOffer.forEach(
        (name, agreement) ->
            offers.put(
                name,
                new Offer(
                    name,
                    Offer.Scope.DEVICE,
                    new WindowRule.Fixed(Duration.ofHours(1)),
                    Duration.ZERO,
                    List.of(),
                    agreement,
                    Map.of())));
    return new Catalog(
        "many",
        Instant.EPOCH,
        Currency.getInstance("EUR"),
        ZoneOffset.UTC,
        new PeriodRule.Fixed(Duration.ofDays(1)),
        Map.of(),
        offers,
        false,
        "hash");
  }
}

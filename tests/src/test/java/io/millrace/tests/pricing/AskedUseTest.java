package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.catalog.Meter;
import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.processors.journal.Section;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Effects;
import io.millrace.processors.shard.Shard;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.usage.Attributes;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * The same use three times: mediated as JSON through the codec, charged at once, and reserved and
 * committed, in time or late, by what its reservation says or by what the commit says itself. Each
 * answer, and what each is charged for each band, is the price that a person works out.
 */
class AskedUseTest {
  private static final int CATALOGS = 700;
  private static final int CASES = 16;
  private static final int USES = 6;
  private static final long START = Instant.parse("2026-03-01T12:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final int MEDIATED = 1;
  private static final int AT_ONCE = 2;
  private static final int RESERVED = 3;

  @Test
  void useThatIsAsked_costsWhatItCostsMediated() {
    long banded = 0;
    long filtered = 0;
    int all = 0;
    for (long seed = 0; seed < CATALOGS; seed++) {
      Run run = new Run(new AskedTariff(seed));
      for (int c = 0; c < CASES; c++, all++) {
        run.aCase(c);
      }
      run.seal();
      banded += run.chargesOf(name -> name.contains(".b"));
      filtered += run.chargesOf(name -> !name.contains("used"));
    }
    String told = all + " cases, " + banded + " in a band, " + filtered + " of some events only";
    assertTrue(all >= 10_000 && banded > 10_000 && filtered > 5_000, told);
  }

  /** One catalog in one shard; each case has its own three devices and accounts. */
  private static final class Run {
    final AskedTariff tariff;
    final Rules rules;
    final Shard shard;
    final CloudEventsCodec codec;
    final List<Command> commands = new ArrayList<>();
    UsageBatch usage = new UsageBatch(4);
    long now = START;

    /** Which reading the use at hand is of. */
    int value;

    long keys;

    /** By device and charge. */
    final Map<String, BigInteger> expected = new TreeMap<>();

    final Map<String, BigInteger> charged = new TreeMap<>();

    Run(AskedTariff tariff) {
      this.tariff = tariff;
      this.rules = tariff.rules();
      this.shard = new Shard(new ShardKey(1, 0), rules);
      this.codec = new CloudEventsCodec(EventType.of(rules), KEY, MeterValue::parse);
    }

    void aCase(int number) {
      int first = 10 * number;
      for (int device : new int[] {MEDIATED, AT_ONCE, RESERVED}) {
        int account = 1_000 + first + device;
        WalletTerms.Ledger ledger = new WalletTerms.Ledger(1, 2, 3, 4, 5);
        ask(
            new AccountRequest.Open(
                key(), account, new WalletTerms(true, 0, Long.MIN_VALUE, ledger)));
        ask(new AccountRequest.Pay(key(), account, 1L << 50, false));
        commands.add(new Command.Subscribe(first + device, "", account, 0, 0, Long.MAX_VALUE));
      }
      commit();
      Map<String, BigInteger> totals = new HashMap<>();
      for (int i = 0; i < USES; i++) {
        now += tariff.next((int) (3 * HOUR));
        use(first, totals);
      }
    }

    private void use(int first, Map<String, BigInteger> totals) {
      Map<String, String> said = tariff.says();
      long quantity = tariff.quantity();
      String meter = tariff.meterOf(said);
      boolean isSeen = tariff.isSeen(said);
      String what = tariff + "\n" + said + " at " + Instant.ofEpochMilli(now);
      if (meter.isEmpty()) { // Nobody can ask for it; as an event it costs what is counted of it.
        mediate(first + MEDIATED, quantity, said);
        expect(first + MEDIATED, "seen", isSeen ? tariff.priceOfSeen() : 0);
        return;
      }
      String charge = meter;
      long price = tariff.priceOfOther(quantity);
      if (meter.equals(AskedTariff.USED)) {
        AskedTariff.Band band = tariff.bandOf(now, said);
        BigInteger before = totals.getOrDefault(band.name(), BigInteger.ZERO);
        BigInteger after = before.add(BigInteger.valueOf(quantity));
        totals.put(band.name(), after);
        price = band.shape().priceOf(after).subtract(band.shape().priceOf(before)).longValueExact();
        charge = "used." + band.name();
      }
      for (int device : new int[] {MEDIATED, AT_ONCE, RESERVED}) {
        expect(first + device, charge, price);
        expect(first + device, "seen", isSeen ? tariff.priceOfSeen() : 0);
      }
      price += isSeen ? tariff.priceOfSeen() : 0;
      Attributes attributes = Attributes.of(said);
      value = tariff.counts ? -1 : 0;
      for (Meter each : rules.types().getFirst().meters()) {
        value = each.name().equals(meter) ? rules.types().getFirst().meters().indexOf(each) : value;
      }
      mediate(first + MEDIATED, quantity, said);
      AccountRequest atOnce = charge(first + AT_ONCE, quantity, attributes);
      AccountAnswer charged = answered(atOnce, Outcome.CHARGED, what);
      assertEquals(price, charged.amount(), what);
      assertEquals(tariff.counts ? 0 : quantity, charged.quantity(), what);
      boolean eachAlone = isSeen || tariff.pairs && meter.equals("other");
      if (!tariff.counts && eachAlone) {
        AccountRequest wanted = wanted(first + RESERVED, quantity, attributes, false);
        ask(wanted);
        answered(wanted, Outcome.PRICED_PER_EVENT, what);
      }
      if (tariff.counts || eachAlone) {
        AccountRequest again = charge(first + RESERVED, quantity, attributes);
        assertEquals(price, answered(again, Outcome.CHARGED, what).amount(), what);
      } else {
        reserve(first + RESERVED, quantity, attributes, price, what);
      }
    }

    private void expect(int device, String charge, long price) {
      expected.merge(device + " " + charge, BigInteger.valueOf(price), BigInteger::add);
    }

    private void reserve(int device, long quantity, Attributes said, long price, String what) {
      long held = Math.max(0, price);
      AccountRequest dry = wanted(device, quantity, said, true);
      ask(dry);
      assertEquals(held, answered(dry, Outcome.PRICED, what).amount(), what);
      boolean own = tariff.next(3) == 0;
      Attributes first = own ? Attributes.of(otherwise(said)) : said;
      AccountRequest reserve = wanted(device, quantity, first, false);
      ask(reserve);
      AccountAnswer granted = answered(reserve, Outcome.GRANTED, what);
      assertTrue(own || granted.amount() == held, what);
      long at = now;
      boolean late = tariff.next(4) == 0;
      now += late ? 1_000 : 1;
      Attributes by =
          own ? said : shard.reservation(granted.seq(), granted.n()).orElseThrow().said();
      AccountRequest use =
          new AccountRequest.Use(
              key(), row(device, at, quantity, by), granted.seq(), granted.n(), true);
      ask(use);
      Outcome how = late ? Outcome.LATE_COMMIT : Outcome.COMMITTED;
      assertEquals(price, answered(use, how, what).amount(), what);
    }

    /** What else the use of the same meter could say, of which nothing is counted beside. */
    private Map<String, String> otherwise(Attributes said) {
      Map<String, String> other = tariff.says();
      other.remove("class");
      String of = said.members().get("class");
      if (of != null) {
        other.put("class", of);
      }
      return other;
    }

    private AccountRequest wanted(int device, long quantity, Attributes said, boolean dry) {
      return new AccountRequest.Reserve(key(), device, 0, value, quantity, false, 1_000, dry, said);
    }

    private AccountRequest charge(int device, long quantity, Attributes said) {
      AccountRequest use =
          new AccountRequest.Use(key(), row(device, now, quantity, said), 0, 0, true);
      ask(use);
      return use;
    }

    private int row(int device, long at, long quantity, Attributes said) {
      long[] values = said.readings(rules.types().getFirst().meters(), value, quantity);
      byte[] raw = {};
      usage.add(0, device, 1, ++keys, true, at, at, 0, values, values.length, raw, 0, 0);
      return usage.size() - 1;
    }

    private void mediate(int device, long quantity, Map<String, String> said) {
      DecodedEvent into = new DecodedEvent();
      byte[] json = tariff.event(++keys, now, quantity, said).getBytes(StandardCharsets.UTF_8);
      assertNull(codec.decode(json, 0, json.length, into));
      assertEquals(now, into.occurredAt);
      usage.add(
          0, device, 2, into.eventId, true, now, now, 0, into.values, into.valueCount, json, 0, 0);
      commit();
    }

    private AccountRequest.Key key() {
      return new AccountRequest.Key(++keys, 1, 1, 1);
    }

    private void ask(AccountRequest request) {
      commands.add(new Command.Account(request));
    }

    private AccountAnswer answered(AccountRequest request, Outcome outcome, String what) {
      AccountAnswer answer = commit().answers.get(request.key());
      if (answer == null) {
        throw new AssertionError("no answer");
      }
      assertEquals(outcome, answer.outcome(), what);
      return answer;
    }

    private Effects commit() {
      long seq = shard.seq() + 1;
      Section section = new Section(0, 1, seq, now, 1_000, commands, 0, usage.size());
      Effects effects = shard.apply(seq, section, usage);
      shard.accept();
      effects.charges.forEach(
          c ->
              charged.merge(
                  c.subscription() + " " + c.name(),
                  BigInteger.valueOf(c.amount()),
                  BigInteger::add));
      commands.clear();
      usage = new UsageBatch(4);
      return effects;
    }

    /** Ends all windows. */
    void seal() {
      now += 48 * HOUR;
      while (commit().moreDue) {
        // What falls due at once is bounded.
      }
      charged.values().removeIf(amount -> amount.signum() == 0);
      expected.values().removeIf(amount -> amount.signum() == 0);
      assertEquals(expected, charged, tariff.toString());
    }

    /** How many devices are charged for it. */
    long chargesOf(Predicate<String> name) {
      return charged.keySet().stream().filter(name).count();
    }
  }
}

package io.millrace.tests.pricing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Bands by what events say, with and without hours: each event, as JSON through the codec, goes to
 * the band that a person who reads it would pick, and what is charged for each band is the price of
 * its own events, whatever their order.
 */
class AttributeBandsTest {
  private static final int CATALOGS = 500;
  private static final int USAGES = 24;
  private static final int EVENTS = 14;
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  @Test
  void chargesOfABand_areThePriceOfTheEventsThatItIsFor() {
    int[] of = new int[2];
    for (long seed = 0; seed < CATALOGS; seed++) {
      AnyAttributes any = new AnyAttributes(seed);
      Rules rules = any.rules().reaching(Duration.ofDays(36_500).toMillis());
      CloudEventsCodec codec = new CloudEventsCodec(EventType.of(rules), KEY, MeterValue::parse);
      for (int usage = 0; usage < USAGES; usage++) {
        List<AnyAttributes.Event> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          events.add(any.event(i));
        }
        Map<String, BigInteger> charged = charged(rules, codec, events);
        assertEquals(any.expected(events, rules.periods()::indexOf), charged, any + "\n" + events);
        Collections.shuffle(events, new Random(usage));
        assertEquals(charged, charged(rules, codec, events), "in another order");
        charged.keySet().forEach(name -> of[name.startsWith("used.rest") ? 1 : 0]++);
      }
    }
    assertTrue(of[0] > 10_000 && of[1] > 10_000, of[0] + ", " + of[1]);
  }

  /** What is charged for each band in each period. */
  private static Map<String, BigInteger> charged(
      Rules rules, CloudEventsCodec codec, List<AnyAttributes.Event> events) {
    Map<String, BigInteger> charged = new TreeMap<>();
    TrialShard shard = new TrialShard(rules, new Summing(charged));
    shard.subscribe(1, 100, 0, Long.MIN_VALUE / 2, Long.MAX_VALUE);
    UsageBatch batch = new UsageBatch(events.size());
    DecodedEvent into = new DecodedEvent();
    long last = Long.MIN_VALUE;
    for (AnyAttributes.Event each : events) {
      byte[] json = each.json().getBytes(StandardCharsets.UTF_8);
      assertNull(codec.decode(json, 0, json.length, into), each.json());
      long at = into.occurredAt;
      assertEquals(each.at(), at);
      last = Math.max(last, at);
      batch.add(
          0,
          1,
          1,
          into.eventId,
          true,
          at,
          at,
          into.typeIndex,
          into.values,
          into.valueCount,
          json,
          0,
          0);
    }
    shard.apply(batch);
    shard.runTo(rules.periods().endOf(rules.periods().indexOf(last)));
    charged.values().removeIf(amount -> amount.signum() == 0);
    return charged;
  }

  private record Summing(Map<String, BigInteger> sums) implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow c) {
      sums.merge(c.name() + " in " + c.period(), BigInteger.valueOf(c.amount()), BigInteger::add);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      assertEquals(Verdict.CHARGED, verdict, String.valueOf(why));
    }
  }

  /** A checker that can't fail proves nothing: an oracle that reads no data is found out. */
  @Test
  void bandsByTheClockAlone_areFound() {
    AnyAttributes any = new AnyAttributes(3);
    Rules rules = any.rules().reaching(Duration.ofDays(36_500).toMillis());
    CloudEventsCodec codec = new CloudEventsCodec(EventType.of(rules), KEY, MeterValue::parse);
    List<AnyAttributes.Event> events = new ArrayList<>();
    List<AnyAttributes.Event> silent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      events.add(any.event(i));
      silent.add(events.get(i).saying(Map.of()));
    }
    assertNotEquals(any.expected(silent, rules.periods()::indexOf), charged(rules, codec, events));
  }
}

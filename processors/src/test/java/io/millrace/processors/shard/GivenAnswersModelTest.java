package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountAnswer.Part;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is known of requests is what plain collections of plain records know, in all that befalls.
 */
class GivenAnswersModelTest {
  private static final Outcome[] OUTCOMES = Outcome.values();

  private record Given(AccountRequest.Key key, int account, long at, long seq, AccountAnswer is) {}

  /** The plain one; a batch works on a copy. */
  private static final class Model {
    final ArrayDeque<Given> inOrder;
    final Map<List<Long>, Given> byKey;

    Model(ArrayDeque<Given> inOrder, Map<List<Long>, Given> byKey) {
      this.inOrder = new ArrayDeque<>(inOrder);
      this.byKey = new HashMap<>(byKey);
    }

    static List<Long> hash(AccountRequest.Key key) {
      return List.of(key.high(), key.low());
    }

    Model restored() {
      Model restored = new Model(new ArrayDeque<>(), Map.of());
      inOrder.forEach(g -> restored.add(new Given(g.key, g.account, g.at, 0, g.is)));
      return restored;
    }

    void add(Given given) {
      inOrder.add(given);
      byKey.put(hash(given.key), given);
    }

    void forgetFirst() {
      byKey.remove(hash(inOrder.removeFirst().key));
    }

    @Nullable AccountAnswer find(AccountRequest.Key key) {
      Given given = byKey.get(hash(key));
      return given == null
          ? null
          : given.key.equals(key)
              ? given.is.again()
              : AccountAnswer.refused(Outcome.OTHER_REQUEST, 0);
    }

    boolean hasRoom(long time, int account, int most, long leastKept) {
      long has = inOrder.stream().filter(g -> g.account == account).count();
      int room = has < Math.max(1, most / 64) ? most : most - most / 4;
      while (inOrder.size() >= room && inOrder.getFirst().at < time - leastKept) {
        forgetFirst();
      }
      return inOrder.size() < room;
    }

    void forget(long time) {
      while (!inOrder.isEmpty() && inOrder.getFirst().at < time - GivenAnswers.KEPT) {
        forgetFirst();
      }
    }

    byte[] encoded(long since) {
      ByteWriter out = new ByteWriter();
      out.varint(inOrder.size());
      List<Given> changed = inOrder.stream().filter(g -> since == 0 || g.seq > since).toList();
      out.varint(changed.size());
      for (Given g : changed) {
        out.fixed64(g.key.high());
        out.fixed64(g.key.low());
        out.fixed64(g.key.bodyHigh());
        out.fixed64(g.key.bodyLow());
        out.zigzag(g.account);
        out.zigzag(g.at);
        g.is.encode(out);
      }
      return out.toByteArray();
    }
  }

  private final List<Runnable> undo = new ArrayList<>();

  /** Keys are few, so that they come again; every fourth is made to meet others in the index. */
  private static AccountRequest.Key key(Random random, int keys) {
    long n = random.nextInt(keys);
    long low = n * 0x5851F42D4C957F2DL;
    long high = n % 4 == 0 ? -Long.rotateLeft(low * 0x9E3779B97F4A7C15L, 32) : n - keys / 2;
    return new AccountRequest.Key(high, low, random.nextInt(8) == 0 ? n : ~n, -n);
  }

  private static AccountAnswer answer(Random random) {
    List<Part> parts = new ArrayList<>();
    for (int left = random.nextInt(5) == 0 ? random.nextInt(17) : 0; left > 0; left--) {
      parts.add(new Part(number(random), outcome(random), -number(random), number(random)));
    }
    return new AccountAnswer(
        outcome(random),
        number(random),
        random.nextInt() >>> 1 + random.nextInt(31),
        number(random),
        -number(random),
        number(random),
        -number(random),
        number(random),
        false,
        parts,
        number(random));
  }

  private static Outcome outcome(Random random) {
    return OUTCOMES[random.nextInt(OUTCOMES.length)];
  }

  private static long number(Random random) {
    return random.nextLong() >>> 1 + random.nextInt(63);
  }

  @ParameterizedTest
  @CsvSource({"1, 3, 40, 2000", "2, 256, 600, 1500", "3, 3000, 5000, 300"})
  void whateverIsAskedAndUndone_isAnsweredAsByPlainCollections(
      long seed, int most, int keys, int batches) {
    Random random = new Random(seed);
    long leastKept = 1_000;
    GivenAnswers answers = new GivenAnswers(undo, most, leastKept);
    Model model = new Model(new ArrayDeque<>(), Map.of());
    GivenAnswers restored = new GivenAnswers(undo, most, leastKept);
    long since = 0;
    long time = 0;
    int added = 0;
    for (long seq = 1; seq <= batches; seq++) {
      Model before = new Model(model.inOrder, model.byKey);
      time += random.nextInt(500) == 0 ? GivenAnswers.KEPT + 1 : random.nextInt(1_000);
      answers.forget(time);
      model.forget(time);
      for (int left = random.nextInt(1 + most / 4); left >= 0; left--) {
        AccountRequest.Key key = key(random, keys);
        AccountAnswer known = model.find(key);
        assertEquals(known, answers.find(key));
        int account = random.nextInt(3) == 0 ? Asker.NOBODY : random.nextInt(9) * 0x1000_0001;
        boolean room = model.hasRoom(time, account, most, leastKept);
        assertEquals(room, answers.hasRoom(time, account));
        if (known == null && model.find(key) == null && room) {
          AccountAnswer answer = answer(random);
          answers.add(key, account, time, seq, answer);
          model.add(new Given(key, account, time, seq, answer));
          added++;
        }
      }
      if (random.nextInt(4) == 0) {
        for (Runnable each : undo.reversed()) {
          each.run();
        }
        model = before;
      } else {
        answers.accept();
      }
      undo.clear();
      assertEquals(model.inOrder.size(), answers.size());
      if (random.nextInt(5) == 0) {
        assertArrayEquals(model.encoded(0), encoded(answers, 0));
        assertArrayEquals(model.encoded(since), encoded(answers, since));
        restored.overlay(new ByteReader(encoded(answers, since)));
        since = seq;
        assertArrayEquals(model.encoded(0), encoded(restored, 0));
        for (Given g : model.inOrder) {
          assertEquals(g.is.again(), restored.find(g.key));
        }
        if (random.nextInt(6) == 0) { // Another goes on, that knows of no earlier commits.
          model = model.restored();
          answers = restored;
          restored = new GivenAnswers(undo, most, leastKept);
          since = 0;
        }
      }
    }
    assertTrue(added > 10 * most, "it has hardly been tried");
  }

  private static byte[] encoded(GivenAnswers answers, long since) {
    ByteWriter out = new ByteWriter();
    answers.encode(out, since);
    return out.toByteArray();
  }
}

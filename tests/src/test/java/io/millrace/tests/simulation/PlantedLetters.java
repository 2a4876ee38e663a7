package io.millrace.tests.simulation;

import io.millrace.connectors.shard.Store.Letter;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import io.millrace.processors.journal.MessageCodec;
import io.millrace.processors.shard.ShardMessage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** What goes wrong with a message on its way. */
final class PlantedLetters {
  private PlantedLetters() {}

  /** Under a second number it is news again. */
  static Stream<Letter> twice(Letter l) {
    return Stream.of(l, new Letter(l.from(), l.seq(), l.n() + 1_000, l.to(), l.body()));
  }

  static Letter withoutWindows(Letter l) {
    if (!(MessageCodec.decode(l.body()) instanceof ShardMessage.Device d)) {
      return l;
    }
    byte[] state = withoutWindows(d.state());
    ShardMessage.Device forgetful =
        new ShardMessage.Device(
            d.successor(), d.subject(), d.account(), d.offer(), d.from(), d.to(), state, d.share());
    return new Letter(l.from(), l.seq(), l.n(), l.to(), MessageCodec.encode(forgetful));
  }

  private static byte[] withoutWindows(byte[] state) {
    try {
      Class<?> type = Class.forName("io.millrace.processors.shard.Subscription");
      Method decode = method(type, "decodeMoved", ByteReader.class, IntFunction.class);
      Class<?> totals = Class.forName("io.millrace.processors.shard.AccountTotals");
      var account = totals.getDeclaredConstructor(int.class);
      account.setAccessible(true);
      IntFunction<Object> accounts =
          id -> {
            try {
              return account.newInstance(id);
            } catch (ReflectiveOperationException e) {
              throw new LinkageError("no account", e);
            }
          };
      ByteReader in = new ByteReader(state);
      ByteWriter out = new ByteWriter();
      int count = in.count(in.remaining());
      out.varint(count);
      for (int i = 0; i < count; i++) {
        Object subscription = decode.invoke(null, in, accounts);
        set(type, subscription, "sources", new int[0]);
        set(type, subscription, "windows", new DedupeWindow[0]);
        for (String part : new String[] {"encodeTerms", "encodePrices", "encodeWindows"}) {
          method(type, part, ByteWriter.class).invoke(subscription, out);
        }
      }
      return out.toByteArray();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the shard's classes look different now", e);
    }
  }

  private static Method method(Class<?> type, String name, Class<?>... parameters)
      throws NoSuchMethodException, InvocationTargetException {
    Method method = type.getDeclaredMethod(name, parameters);
    method.setAccessible(true);
    return method;
  }

  private static void set(Class<?> type, Object on, String name, Object value)
      throws ReflectiveOperationException {
    var field = type.getDeclaredField(name);
    field.setAccessible(true);
    field.set(on, value);
  }
}

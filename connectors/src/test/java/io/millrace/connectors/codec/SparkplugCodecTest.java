package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.connectors.codec.Births.Declared;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SparkplugCodecTest {
  private static final long AT = 1_793_613_667_000L;
  private static final String OK =
      "lamp.report city/edge-1/lamp-1 /spark Energy/Wh@1793613667000 2026-11-02T10:01:07Z [%d]";
  private static final CodecSpec SPEC =
      CodecSpec.of("sparkplug", Map.of("source", "/spark", "types", "Energy/Wh=lamp.report/wh"));

  /** Births in memory, and the edge nodes that should be asked for theirs. */
  private static final class Noted implements Births {
    final Births memory = Births.inMemory();
    final List<String> wanted = new ArrayList<>();

    @Override
    public void born(String node, long at, List<Declared> metrics) {
      memory.born(node, at, metrics);
    }

    @Override
    public NavigableMap<Long, List<Declared>> of(String node) {
      return memory.of(node);
    }

    @Override
    public void rebirthWanted(String node) {
      wanted.add(node);
    }
  }

  private final Noted births = new Noted();
  private final Codec codec = new SparkplugCodec(SPEC, CodecTrial.readings(), births);
  private final List<byte[]> kept = new ArrayList<>();

  /** Protocol buffers, written as plainly as they can be. */
  private static final class Proto {
    private final StringBuilder hex = new StringBuilder();

    Proto varint(int field, long value) {
      raw(field << 3);
      raw(value);
      return this;
    }

    Proto bytes(int field, byte[] value) {
      raw(field << 3 | 2);
      raw(value.length);
      hex.append(HexFormat.of().formatHex(value));
      return this;
    }

    Proto text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto metric(Proto metric) {
      return bytes(2, metric.done());
    }

    Proto fixed(int field, int wire, long bits, int size) {
      raw(field << 3 | wire);
      for (int i = 0; i < size; i++) {
        hex.append("%02x".formatted(bits >>> 8 * i & 0xFF));
      }
      return this;
    }

    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7FL) != 0) {
        hex.append("%02x".formatted(rest & 0x7F | 0x80));
        rest >>>= 7;
      }
      hex.append("%02x".formatted(rest));
    }

    byte[] done() {
      return HexFormat.of().parseHex(hex);
    }
  }

  private static Proto payload(int sequence) {
    return new Proto().varint(1, AT).varint(3, sequence);
  }

  private static Proto named(String name, int datatype) {
    return new Proto().text(1, name).varint(4, datatype);
  }

  private List<String> decode(String topic, byte[] payload) {
    List<String> lines = new ArrayList<>();
    kept.clear();
    codec.decode(
        payload,
        Transport.at(topic),
        new Codec.Sink() {
          @Override
          public boolean event(DecodedEvent event, byte[] bytes, int from, int length) {
            byte[] evidence = Arrays.copyOfRange(bytes, from, from + length);
            kept.add(evidence);
            DecodedEvent again = new DecodedEvent();
            // Its evidence alone, by who knows no births.
            assertNull(
                new SparkplugCodec(SPEC, CodecTrial.readings(), Births.inMemory())
                    .decode(Evidence.of(evidence), again));
            assertEquals(line(event), line(again));
            lines.add(line(event));
            return true;
          }

          @Override
          public boolean refused(Reason reason, byte[] bytes, int from, int length) {
            kept.add(Arrays.copyOfRange(bytes, from, from + length));
            lines.add(reason.code());
            return true;
          }
        });
    return lines;
  }

  private static String line(DecodedEvent e) {
    return String.join(
        " ",
        e.type.toString(),
        e.subject.toString(),
        e.source.toString(),
        e.id.toString(),
        Instant.ofEpochMilli(e.occurredAt).toString(),
        Arrays.toString(Arrays.copyOf(e.values, e.valueCount)));
  }

  private static byte[] data(Proto metric) {
    return payload(1).metric(metric).done();
  }

  @Test
  void metricByName_isAnEvent() {
    assertEquals(
        List.of(OK.formatted(12_000)),
        decode("spBv1.0/city/DDATA/edge-1/lamp-1", data(named("Energy/Wh", 7).varint(10, 12))));
  }

  @Test
  void aliasIsReadByTheLatestBirthThatIsNotLater() {
    String data = "spBv1.0/city/DDATA/edge-1/lamp-1";
    byte[] aliased = data(new Proto().varint(2, 5).varint(10, 7));
    assertEquals(List.of("unknown-alias"), decode(data, aliased));
    assertEquals(List.of("city/edge-1"), births.wanted);
    byte[] waiting = kept.getFirst();
    assertEquals(Reason.UNKNOWN_ALIAS, codec.decode(Evidence.of(waiting), new DecodedEvent()));
    assertEquals(
        List.of(OK.formatted(3_000)),
        decode(
            "spBv1.0/city/DBIRTH/edge-1/lamp-1",
            payload(2).metric(named("Energy/Wh", 7).varint(2, 5).varint(10, 3)).done()));
    assertEquals(List.of(OK.formatted(7_000)), decode(data, aliased));
    DecodedEvent recycled = new DecodedEvent();
    assertNull(codec.decode(Evidence.of(waiting), recycled), "after the birth");
    assertEquals(OK.formatted(7_000), line(recycled));
    births.born("city/edge-1/lamp-1", AT + 1, List.of(new Declared("Other", 5, 7)));
    assertEquals(
        List.of(OK.formatted(7_000)),
        decode(data, aliased),
        "a later birth changes nothing before it");
    births.born("city/edge-1/lamp-2", AT, List.of(new Declared("Energy/Wh", 9, 7)));
    assertEquals(
        List.of("unknown-alias"),
        decode(data, data(new Proto().varint(2, 9).varint(10, 7))),
        "another device's alias");
  }

  @Test
  void sequenceFrom255To0_isNoGap() {
    String topic = "spBv1.0/city/NDATA/edge-1";
    for (int sequence : new int[] {253, 254, 255, 0, 1, 1, 2}) {
      decode(topic, payload(sequence).done());
    }
    assertEquals(List.of(), births.wanted);
    decode(topic, payload(4).done());
    assertEquals(List.of("city/edge-1"), births.wanted);
    decode("spBv1.0/city/NBIRTH/edge-1", payload(0).done());
    decode("spBv1.0/city/DBIRTH/edge-1/lamp-1", payload(1).done());
    assertEquals(1, births.wanted.size());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachValue_isExact(String what, Proto metric, String expected) {
    String line = expected.startsWith("[") ? OK.replace("[%d]", expected) : expected;
    assertEquals(List.of(line), decode("spBv1.0/city/DDATA/edge-1/lamp-1", data(metric)));
  }

  static Stream<Arguments> eachValue_isExact() {
    String name = "Energy/Wh";
    return Stream.of(
        Arguments.of("Int8 below zero", named(name, 1).varint(10, 0xFF), "[-1000]"),
        Arguments.of("Int16 below zero", named(name, 2).varint(10, 0xFFFF_FFFFL), "[-1000]"),
        Arguments.of("Int32 below zero", named(name, 3).varint(10, 0xFFFF_FFFEL), "[-2000]"),
        Arguments.of("Int64 below zero", named(name, 4).varint(11, -3), "[-3000]"),
        Arguments.of("UInt32", named(name, 7).varint(10, 0xFFFF_FFFFL), "[4294967295000]"),
        Arguments.of("UInt64 over a long", named(name, 8).varint(11, -1), "bad-quantity"),
        Arguments.of(
            "Float that means 0.1",
            named(name, 9).fixed(12, 5, Float.floatToIntBits(0.1f), 4),
            "[100]"),
        Arguments.of(
            "Double that means 0.412",
            named(name, 10).fixed(13, 1, Double.doubleToLongBits(0.412), 8),
            "[412]"),
        Arguments.of(
            "7 Double that is NaN",
            named(name, 10).fixed(13, 1, Double.doubleToLongBits(Double.NaN), 8),
            "bad-quantity"),
        Arguments.of(
            "6 Double of 10^300",
            named(name, 10).fixed(13, 1, Double.doubleToLongBits(1e300), 8),
            "bad-quantity"),
        Arguments.of("8 Double that is minus zero", real(-0.0), "[0]"),
        Arguments.of("9 Double below zero", real(-1.5), "[-1500]"),
        Arguments.of("10 Double that is zero", real(0), "[0]"),
        Arguments.of("11 a binary tail", real(0.1 + 0.2), "bad-quantity"),
        Arguments.of(
            "12 a value twice is its last", named(name, 7).varint(10, 1).varint(10, 2), "[2000]"),
        Arguments.of(
            "12 a name twice is its last", named("x", 7).text(1, name).varint(10, 1), "[1000]"),
        Arguments.of(
            "18 a text of 70 KB beside",
            named(name, 7).varint(10, 2).text(15, "x".repeat(70_000)),
            "too-large"),
        Arguments.of("Boolean", named(name, 11).varint(14, 1), "bad-quantity"),
        Arguments.of("String", named(name, 12).text(15, "1"), "bad-quantity"),
        Arguments.of("null", named(name, 7).varint(7, 1), "bad-quantity"),
        Arguments.of("historical", named(name, 7).varint(5, 1).varint(10, 2), "[2000]"),
        Arguments.of("no datatype, no sign", new Proto().text(1, name).varint(10, 5), "[5000]"),
        Arguments.of(
            "no datatype, a sign perhaps",
            new Proto().text(1, name).varint(10, 0xFFFF_FFFFL),
            "bad-quantity"),
        Arguments.of("21 neither name nor alias", new Proto().varint(10, 5), "malformed"));
  }

  private static Proto real(double value) {
    return named("Energy/Wh", 10).fixed(13, 1, Double.doubleToLongBits(value), 8);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void eachBadInput_hasItsOutcome(
      String what, String topic, byte[] payload, List<String> expected) {
    assertEquals(expected, decode(topic, payload));
    assertTrue(kept.stream().allMatch(k -> Evidence.of(k).key() == SPEC.key()));
  }

  private static byte[] behind(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  static Stream<Arguments> eachBadInput_hasItsOutcome() {
    byte[] good = data(named("Energy/Wh", 7).varint(10, 12));
    String topic = "spBv1.0/city/NDATA/lamp-1";
    // As protocol buffers merge them: the same metric at the same time, one use told twice.
    String twice = OK.formatted(12_000).replace("edge-1/", "");
    byte[] cut = Arrays.copyOf(good, good.length - 1);
    byte[] huge = {0x12, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 0x7F};
    return Stream.of(
        Arguments.of("no Sparkplug topic", "lamps/1/report", good, List.of("malformed")),
        Arguments.of("no topic", "", good, List.of("malformed")),
        Arguments.of("40 an empty level", "spBv1.0/city/NDATA/", good, List.of("malformed")),
        Arguments.of(
            "device data of no device", "spBv1.0/city/DDATA/edge-1", good, List.of("malformed")),
        Arguments.of("another type", "spBv1.0/city/XDATA/edge-1", good, List.of("malformed")),
        Arguments.of("a command", "spBv1.0/city/NCMD/edge-1", good, List.of()),
        Arguments.of("a death", "spBv1.0/city/NDEATH/edge-1", good, List.of()),
        Arguments.of(
            "a host's state",
            "spBv1.0/STATE/host",
            "{}".getBytes(StandardCharsets.UTF_8),
            List.of()),
        Arguments.of("1 nothing", topic, new byte[0], List.of()),
        Arguments.of(
            "JSON", topic, "{\"wh\":1}".getBytes(StandardCharsets.UTF_8), List.of("malformed")),
        Arguments.of(
            "15 NUL in a name",
            topic,
            data(named("Energy/Wh\0", 7).varint(10, 1)),
            List.of("malformed")),
        Arguments.of("15 NUL in a topic", topic + "\0", good, List.of("malformed")),
        Arguments.of(
            "16 garbage behind", topic, behind(good, new byte[] {0x7F}), List.of("malformed")),
        Arguments.of("17 two payloads", topic, behind(good, good), List.of(twice, twice)),
        Arguments.of(
            "22 a name of 500 KB",
            topic,
            data(named("x".repeat(500_000), 7).varint(10, 1)),
            List.of("malformed")),
        Arguments.of(
            "25 a name in another case is another metric",
            topic,
            data(named("energy/wh", 7).varint(10, 1)),
            List.of()),
        Arguments.of("cut short", topic, cut, List.of("malformed")),
        Arguments.of("a length of 2^34", topic, huge, List.of("malformed")),
        Arguments.of("32 a sequence of 256", topic, payload(256).done(), List.of("malformed")),
        Arguments.of(
            "a metric that nobody named", topic, data(named("bdSeq", 8).varint(11, 1)), List.of()),
        Arguments.of(
            "14 a name that is no text",
            topic,
            data(new Proto().bytes(1, new byte[] {(byte) 0xFF}).varint(10, 1)),
            List.of("malformed")),
        Arguments.of(
            "no time",
            topic,
            new Proto().metric(named("Energy/Wh", 7).varint(10, 1)).done(),
            List.of("no-time")),
        Arguments.of(
            "27 the year 10000",
            topic,
            data(named("Energy/Wh", 7).varint(3, 253_402_300_800_000L).varint(10, 1)),
            List.of("malformed")),
        Arguments.of("over 1 MiB", topic, new byte[(1 << 20) + 1], List.of("too-large")));
  }

  @Property(tries = 3_000)
  void bentPayload_neverThrows(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] bytes =
        payload(1)
            .metric(named("Energy/Wh", 7).varint(2, 5).varint(10, 3))
            .metric(new Proto().varint(2, 5).varint(10, 3))
            .done();
    for (int i = random.nextInt(4); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    SparkplugCodecTest fresh = new SparkplugCodecTest();
    assertNotNull(fresh.decode("spBv1.0/city/DBIRTH/edge-1/lamp-1", bytes));
  }
}

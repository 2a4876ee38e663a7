package io.millrace.connectors.dedupe;

import com.hazelcast.config.SerializationConfig;
import com.hazelcast.config.SerializerConfig;
import com.hazelcast.nio.serialization.ByteArraySerializer;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * How a type goes over Hazelcast's wire: as the engine's own bytes. The ids are part of the
 * protocol.
 */
final class Wire<T> implements ByteArraySerializer<T> {

  private static final int MAX_WINDOWS = 100_000;

  private final int typeId;
  private final BiConsumer<ByteWriter, T> writer;
  private final Function<ByteReader, T> reader;

  private Wire(int typeId, BiConsumer<ByteWriter, T> writer, Function<ByteReader, T> reader) {
    this.typeId = typeId;
    this.writer = writer;
    this.reader = reader;
  }

  static void register(SerializationConfig config) {
    config.addSerializerConfig(
        of(WindowKey.class, new Wire<>(71_001, Wire::writeKey, Wire::readKey)));
    config.addSerializerConfig(
        of(PublishedWindow.class, new Wire<>(71_002, Wire::writeWindow, Wire::readWindow)));
    config.addSerializerConfig(
        of(ReplaceOlder.class, new Wire<>(71_003, Wire::writeAll, Wire::readAll)));
  }

  private static <T> SerializerConfig of(Class<T> type, Wire<T> wire) {
    return new SerializerConfig().setTypeClass(type).setImplementation(wire);
  }

  @Override
  public int getTypeId() {
    return typeId;
  }

  @Override
  public byte[] write(T value) {
    ByteWriter out = new ByteWriter(64);
    writer.accept(out, value);
    return out.toByteArray();
  }

  @Override
  public T read(byte[] bytes) {
    return reader.apply(new ByteReader(bytes));
  }

  private static void writeKey(ByteWriter out, WindowKey key) {
    out.varint(key.tenant());
    out.varint(key.shard());
    out.varint(key.source());
    out.varint(key.subject());
  }

  private static WindowKey readKey(ByteReader in) {
    return new WindowKey(
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.count(Integer.MAX_VALUE),
        in.varint());
  }

  private static void writeWindow(ByteWriter out, PublishedWindow window) {
    out.varint(window.epoch());
    out.varint(window.seq());
    out.bytes(window.bytes());
  }

  private static PublishedWindow readWindow(ByteReader in) {
    return new PublishedWindow(in.count(Integer.MAX_VALUE), in.varint(), in.bytes());
  }

  private static void writeAll(ByteWriter out, ReplaceOlder all) {
    out.varint(all.windows.size());
    all.windows.forEach(
        (key, window) -> {
          writeKey(out, key);
          writeWindow(out, window);
        });
  }

  private static ReplaceOlder readAll(ByteReader in) {
    int size = in.count(MAX_WINDOWS);
    Map<WindowKey, PublishedWindow> windows = HashMap.newHashMap(Math.min(size, 4_096));
    for (int i = 0; i < size; i++) {
      windows.put(readKey(in), readWindow(in));
    }
    return new ReplaceOlder(windows);
  }
}

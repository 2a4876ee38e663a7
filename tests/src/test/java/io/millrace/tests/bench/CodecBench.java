package io.millrace.tests.bench;

import io.millrace.connectors.codec.Codec;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.CodecSpecs;
import io.millrace.connectors.codec.Codecs;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.codec.Readings;
import io.millrace.connectors.codec.Transport;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.shard.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What an event costs in each format from its payload to its evidence, in packs of a hundred beside
 * single CloudEvents: the same lamp report, as that format has it. CPU time of one thread.
 */
final class CodecBench implements Codec.Sink {
  private static final int PACK = 100;
  private static final int PACKS = 100;
  private static final long START = Instant.parse("2026-11-02T10:00:00Z").toEpochMilli();

  private final String name;
  private final Codec codec;
  private final Transport transport;
  private final List<byte[]> payloads;
  private long events;

  private CodecBench(
      String name, CodecSpec spec, Transport transport, IntFunction<String> payload, int payloads) {
    this.name = name;
    this.codec =
        new Codecs(
                new Readings(
                    List.of(
                        new EventType(
                            "lamp.report", List.of(new EventType.Reading("data.wh", 3, false)))),
                    new byte[16],
                    MeterValue::parse),
                CodecSpecs.inMemory())
            .of(spec);
    this.transport = transport;
    this.payloads =
        IntStream.range(0, payloads)
            .mapToObj(i -> payload.apply(i).getBytes(StandardCharsets.UTF_8))
            .toList();
  }

  String name() {
    return name;
  }

  static List<CodecBench> all() {
    String batch = "application/cloudevents-batch+json";
    return List.of(
        new CodecBench(
            "CloudEvents alone",
            CodecSpec.CLOUD_EVENTS,
            Transport.NONE,
            CodecBench::cloudEvent,
            PACK * PACKS),
        new CodecBench(
            "CloudEvents in batches",
            CodecSpec.CLOUD_EVENTS,
            new Transport(batch, "", List.of()),
            i -> pack("[", i, CodecBench::cloudEvent, ",", "]"),
            PACKS),
        new CodecBench(
            "JSON by pointer",
            CodecSpec.of(
                "json",
                Map.of(
                    "each",
                    "root",
                    "id",
                    "/id",
                    "subject",
                    "/lamp",
                    "time",
                    "/at",
                    "timeFormat",
                    "ms",
                    "type",
                    "lamp.report",
                    "source",
                    "/city",
                    "values",
                    "wh=/wh")),
            Transport.NONE,
            i -> pack("[", i, CodecBench::json, ",", "]"),
            PACKS),
        new CodecBench(
            "CSV",
            CodecSpec.of(
                "csv",
                Map.of(
                    "id",
                    "id",
                    "subject",
                    "lamp",
                    "time",
                    "at",
                    "timeFormat",
                    "ms",
                    "type",
                    "lamp.report",
                    "source",
                    "/city",
                    "values",
                    "wh=wh")),
            Transport.NONE,
            i -> pack("id,lamp,at,wh,lux\n", i, CodecBench::csv, "\n", ""),
            PACKS),
        new CodecBench(
            "SenML",
            CodecSpec.of("senml", Map.of("source", "/city", "types", "wh=lamp.report/wh/Wh")),
            Transport.NONE,
            i ->
                pack(
                    "[{\"bn\":\"lamp-000123:\",\"bt\":%d,\"bu\":\"Wh\"},"
                        .formatted(START / 1000 + i),
                    i,
                    n -> "{\"n\":\"wh\",\"t\":%d,\"v\":0.412}".formatted(n),
                    ",",
                    "]"),
            PACKS));
  }

  private static String pack(
      String before, int pack, IntFunction<String> event, String between, String after) {
    return IntStream.range(pack * PACK, pack * PACK + PACK)
        .mapToObj(event)
        .collect(Collectors.joining(between, before, after));
  }

  private static String cloudEvent(int i) {
    return """
    {"specversion":"1.0","id":"%d","source":"/city","type":"lamp.report","subject":"lamp-%06d",\
    "time":"2026-11-02T10:01:07Z","datacontenttype":"application/json",\
    "data":{"wh":0.412,"lux":130,"fault":0}}\
    """
        .formatted(i, i);
  }

  private static String json(int i) {
    return "{\"id\":%d,\"lamp\":\"lamp-%06d\",\"at\":%d,\"wh\":0.412,\"lux\":130}"
        .formatted(i, i, START + i);
  }

  private static String csv(int i) {
    return "%d,lamp-%06d,%d,0.412,130".formatted(i, i, START + i);
  }

  /** CPU nanoseconds an event, over so many rounds. */
  double nanos(int rounds) {
    events = 0;
    long start = CpuClock.threadNanos();
    for (int round = 0; round < rounds; round++) {
      for (byte[] payload : payloads) {
        codec.decode(payload, transport, this);
      }
    }
    double nanos = CpuClock.threadNanos() - start;
    if (events != (long) rounds * PACK * PACKS) {
      throw new AssertionError(name + ": " + events + " events");
    }
    return nanos / events;
  }

  @Override
  public boolean event(DecodedEvent event, byte[] bytes, int from, int length) {
    events++;
    return true;
  }

  @Override
  public boolean refused(Reason reason, byte[] bytes, int from, int length) {
    throw new AssertionError(name + ": " + reason);
  }
}

package io.millrace.connectors.codec;

import io.millrace.processors.shard.Reason;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All codecs of one thread, under one version of the rules: for a route's payloads, and for the
 * evidence of any codec there has ever been. Not thread-safe.
 */
public final class Codecs {
  /** Codecs in memory at most: each route has one, and each change of a route leaves one. */
  private static final int MOST = 256;

  private final Readings readings;
  private final CodecSpecs specs;
  private final Codec cloudEvents;
  private final Map<CodecSpec, Codec> bySpec = new HashMap<>();
  private final Map<Long, Codec> byKey = new HashMap<>();

  /** Codecs that fill these readings, with these specs. */
  public Codecs(Readings readings, CodecSpecs specs) {
    this.readings = readings;
    this.specs = specs;
    this.cloudEvents = new CloudEventsFormat(readings);
  }

  /**
   * The codec of a spec, which is kept first, durably.
   *
   * @throws IllegalArgumentException where there is no such codec, see {@link Formats#check}
   * @throws CodecSpecs.Unavailable where it can't be kept now
   */
  public Codec of(CodecSpec spec) {
    if (spec == CodecSpec.CLOUD_EVENTS) {
      return cloudEvents;
    }
    Codec known = bySpec.get(spec);
    if (known == null) {
      known = Formats.codec(spec, readings, specs.births());
      specs.keep(spec);
      remember(spec, known);
    }
    return known;
  }

  private void remember(CodecSpec spec, Codec codec) {
    if (bySpec.size() >= MOST) {
      bySpec.clear();
      byKey.clear();
    }
    bySpec.put(spec, codec);
    byKey.put(spec.key(), codec);
  }

  /** What is kept of a payload that its codec could not take apart. */
  public static byte[] kept(Codec codec, Transport transport, byte[] payload) {
    return Evidence.ofPayload(codec.spec(), transport, payload);
  }

  /**
   * Decodes kept bytes again.
   *
   * @param kept what journal or suspense kept of an event
   * @param into is overwritten
   * @return why it can't be charged, or null: then {@code into} is complete. A whole payload that
   *     holds other than one event is malformed
   * @throws CodecSpecs.Unavailable where the codec's spec can't be read now
   */
  public @Nullable Reason decode(byte[] kept, DecodedEvent into) {
    Evidence evidence;
    try {
      evidence = Evidence.of(kept);
    } catch (IllegalArgumentException e) {
      return Reason.MALFORMED;
    }
    if (kept.length > CloudEventsFormat.MAX_EVENT) {
      return Reason.TOO_LARGE;
    }
    Codec codec = byKey(evidence.key());
    if (codec == null) {
      return Reason.MALFORMED;
    }
    try {
      return evidence.kind() == Evidence.Kind.PAYLOAD
          ? alone(codec, evidence, into)
          : codec.decode(evidence, into);
    } catch (IllegalArgumentException e) {
      return Reason.MALFORMED; // a damaged context
    }
  }

  private @Nullable Codec byKey(long key) {
    if (key == cloudEvents.spec().key()) {
      return cloudEvents;
    }
    Codec known = byKey.get(key);
    if (known == null) {
      Optional<CodecSpec> spec = specs.find(key);
      if (spec.isPresent()) {
        known = Formats.codec(spec.get(), readings, specs.births());
        remember(spec.get(), known);
      }
    }
    return known;
  }

  /** The only event of a payload. */
  private @Nullable Reason alone(Codec codec, Evidence evidence, DecodedEvent into) {
    Transport transport = Transport.read(evidence.context());
    byte[] payload = new byte[evidence.length()];
    System.arraycopy(evidence.bytes(), evidence.from(), payload, 0, payload.length);
    Alone alone = new Alone();
    codec.decode(payload, transport, alone);
    if (alone.refused != null) {
      return alone.refused;
    }
    byte[] only = alone.kept;
    return alone.count == 1 && only != null ? decode(only, into) : Reason.MALFORMED;
  }

  private static final class Alone implements Codec.Sink {
    int count;
    @Nullable Reason refused;
    byte @Nullable [] kept;

    @Override
    public boolean event(DecodedEvent event, byte[] bytes, int from, int length) {
      count++;
      kept = Arrays.copyOfRange(bytes, from, from + length);
      return count == 1;
    }

    @Override
    public boolean refused(Reason reason, byte[] bytes, int from, int length) {
      refused = reason;
      return false;
    }
  }
}

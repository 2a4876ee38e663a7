package io.millrace.connectors.codec;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What codecs must remember for as long as there is evidence that needs it: their specs, and what
 * Sparkplug births declared.
 */
public interface CodecSpecs {

  /** Specs can't be read or kept at the moment. */
  final class Unavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what stood in the way. */
    public Unavailable(Throwable cause) {
      super("the specs of codecs can't be reached", cause);
    }
  }

  /**
   * Keeps a spec, durably, before the first event that names it.
   *
   * @throws Unavailable where it can't be kept now
   */
  void keep(CodecSpec spec);

  /**
   * The spec with this key.
   *
   * @throws Unavailable where it can't be read now
   */
  Optional<CodecSpec> find(long key);

  /** What Sparkplug births declared. */
  Births births();

  /** One that forgets all with the process: for tests, and for codecs of CloudEvents alone. */
  static CodecSpecs inMemory() {
    Map<Long, CodecSpec> specs = new ConcurrentHashMap<>();
    Births births = Births.inMemory();
    return new CodecSpecs() {
      @Override
      public void keep(CodecSpec spec) {
        specs.put(spec.key(), spec);
      }

      @Override
      public Optional<CodecSpec> find(long key) {
        return Optional.ofNullable(specs.get(key));
      }

      @Override
      public Births births() {
        return births;
      }
    };
  }
}

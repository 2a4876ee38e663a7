package io.millrace.connectors.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class SipHashTest {

  /** The first vectors of the reference implementation: n bytes 00 01 02 …, little-endian. */
  private static final String[] VECTORS = {
    "310e0edd47db6f72", "fd67dc93c539f874", "5a4fa9d909806c0d", "2d7efbd796666785",
    "b7877127e09427cf", "8da699cd64557618", "cee3fe586e46c9cb", "37d1018bf50002ab",
    "6224939a79f5f593"
  };

  private static byte[] counting(int n) {
    byte[] bytes = new byte[n];
    for (int i = 0; i < n; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  @Test
  void reference_vectors_come_out() {
    SipHash hash = new SipHash(counting(16));
    for (int n = 0; n < VECTORS.length; n++) {
      byte[] expected = HexFormat.of().parseHex(VECTORS[n]);
      long value = 0;
      for (int i = 7; i >= 0; i--) {
        value = value << 8 | expected[i] & 0xFF;
      }
      assertEquals(value, hash.of(counting(n), 0, n), n + " bytes");
    }
  }

  @Test
  void the_vector_of_the_paper_comes_out_from_the_middle_of_an_array() {
    byte[] shifted = new byte[40];
    System.arraycopy(counting(15), 0, shifted, 11, 15);
    assertEquals(0xa129ca6149be45e5L, new SipHash(counting(16)).of(shifted, 11, 15));
  }

  @Test
  void another_key_makes_another_fingerprint() {
    byte[] text = "device-7f".getBytes(StandardCharsets.UTF_8);
    byte[] key = counting(16);
    long first = new SipHash(key).of(text, 0, text.length);
    key[15] ^= 1;
    assertNotEquals(first, new SipHash(key).of(text, 0, text.length));
  }

  @Test
  void a_key_of_another_length_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> new SipHash(new byte[15]));
  }
}

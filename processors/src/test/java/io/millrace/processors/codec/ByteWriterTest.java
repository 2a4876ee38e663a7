package io.millrace.processors.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ByteWriterTest {

  @Property
  void whatIsWritten_isReadBack(
      @ForAll List<Long> numbers, @ForAll byte[] bytes, @ForAll boolean flag, @ForAll int small) {
    ByteWriter out = new ByteWriter(0);
    for (long n : numbers) {
      out.varint(n);
      out.zigzag(n);
      out.fixed64(n);
    }
    out.fixed32(small);
    out.bool(flag);
    out.u8(small);
    out.bytes(bytes);
    out.raw(bytes, 0, bytes.length);

    ByteReader in = new ByteReader(out.toByteArray());
    for (long n : numbers) {
      assertEquals(n, in.varint());
      assertEquals(n, in.zigzag());
      assertEquals(n, in.fixed64());
    }
    assertEquals(small, in.fixed32());
    assertEquals(flag, in.bool());
    assertEquals(small & 0xFF, in.u8());
    assertArrayEquals(bytes, in.bytes());
    assertArrayEquals(bytes, in.raw(bytes.length));
    assertEquals(0, in.remaining());
  }

  @Property
  void numbersNearZero_areShort(@ForAll @IntRange(min = -64, max = 63) int n) {
    ByteWriter out = new ByteWriter();
    out.zigzag(n);
    out.varint(n & 0x7F);
    assertEquals(2, out.size());
  }

  @Test
  void text_isReadBackInUtf8() {
    ByteWriter out = new ByteWriter();
    out.string("lámpara 7 · ☀");
    assertEquals("lámpara 7 · ☀", new ByteReader(out.toByteArray()).string());
  }

  @Test
  void aPart_isReadAlone() {
    ByteWriter out = new ByteWriter();
    out.u8(9);
    out.varint(300);
    out.u8(9);
    ByteReader in = new ByteReader(out.array(), 1, 2);
    assertEquals(300, in.varint());
    assertEquals(0, in.remaining());
    assertThrows(IllegalArgumentException.class, in::u8);
  }

  @Test
  void clear_keepsNothing() {
    ByteWriter out = new ByteWriter();
    out.fixed64(1);
    out.clear();
    assertEquals(0, out.toByteArray().length);
  }

  @Property
  void truncatedBytes_areRefused(@ForAll long n, @ForAll byte[] bytes) {
    ByteWriter out = new ByteWriter();
    out.varint(n);
    out.bytes(bytes);
    byte[] cut = out.toByteArray();
    ByteReader in = new ByteReader(cut, 0, cut.length - 1);
    assertThrows(
        IllegalArgumentException.class,
        () -> {
          in.varint();
          in.bytes();
        });
  }

  @Test
  void aLengthBeyondTheEnd_isRefusedBeforeItIsAllocated() {
    ByteWriter out = new ByteWriter();
    out.varint(Integer.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(out.toByteArray()).bytes());
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(out.toByteArray()).count(99));
  }

  @Test
  void bytesThatNobodyWrote_areRefused() {
    byte[] endless = new byte[11];
    Arrays.fill(endless, (byte) 0xFF);
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(endless).varint());
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(endless).bool());
    byte[] over64 = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 2};
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(over64).varint());
    assertThrows(IllegalArgumentException.class, () -> new ByteReader(over64, 5, 6));
    assertTrue(new ByteReader(over64, 10, 0).remaining() == 0);
  }
}

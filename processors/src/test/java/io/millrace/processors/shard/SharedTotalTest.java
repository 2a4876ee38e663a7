package io.millrace.processors.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTotalTest {
  @ParameterizedTest
  @ValueSource(strings = {"0", "-1", "127", "-128", "9223372036854775808", "-9223372036854775809"})
  void anyQuantity_isReadAsWrittenAndTakenBack(String quantity) {
    SharedTotal total = new SharedTotal(2);
    total.posted = -7;
    total.quantity = new BigInteger(quantity);
    total.parts[0] = 5;
    total.parts[1] = -12;
    ByteWriter out = new ByteWriter();
    total.encode(out);
    SharedTotal read = SharedTotal.decode(new ByteReader(out.toByteArray()));
    assertSame(total, read);

    UndoLog log = new UndoLog();
    read.save(log);
    read.posted = 1;
    read.quantity = BigInteger.TWO;
    read.parts[1] = 3;
    log.undo();
    assertSame(total, read);
  }

  private static void assertSame(SharedTotal expected, SharedTotal actual) {
    assertEquals(expected.posted, actual.posted);
    assertEquals(expected.quantity, actual.quantity);
    assertArrayEquals(expected.parts, actual.parts);
  }
}

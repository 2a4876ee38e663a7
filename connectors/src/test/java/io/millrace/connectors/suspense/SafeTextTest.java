package io.millrace.connectors.suspense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {

  @ParameterizedTest
  @CsvSource({
    "7b226964223a317d, {\"id\":1}",
    "1b5b324a, \\u001b[2J",
    "c3bc20e282ac20f09f9aa6, ü € 🚦",
    "ff41fe, \\xffA\\xfe",
    "c0af, \\xc0\\xaf",
    "eda080, \\xed\\xa0\\x80",
    "e280ae41, \\u202eA",
    "f3a08081, \\U000e0001",
    "e282, \\xe2\\x82",
    "0d0a, \\u000d\\u000a"
  })
  void bytes_areShownWithoutSteeringATerminal(String hex, String text) {
    assertEquals(text, SafeText.of(HexFormat.of().parseHex(hex), 100));
  }

  @Property
  void anyBytes_arePrintable(@ForAll byte[] bytes) {
    String text = SafeText.of(bytes, 1_000_000);
    assertTrue(
        text.codePoints()
            .noneMatch(
                c ->
                    Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE));
  }

  @ParameterizedTest
  @CsvSource({"abcdef, 5, abcde…", "abcde, 5, abcde", "abc, 5, abc"})
  void longText_isCut(String text, int most, String shown) {
    assertEquals(shown, SafeText.of(text.getBytes(StandardCharsets.UTF_8), most));
  }
}

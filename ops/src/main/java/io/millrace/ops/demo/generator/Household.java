package io.millrace.ops.demo.generator;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/** A real household's power over two days, a value a minute; see the CREDIT beside the file. */
final class Household {
  private static final String FILE = "/io/millrace/ops/demo/household-power.csv";
  private static final int COLUMN = 1;

  /** Minutes recorded. */
  static final int MINUTES = 2 * 24 * 60;

  private final short[] perMille;

  private Household(short[] perMille) {
    this.perMille = perMille;
  }

  /** Reads the recording from the class path. */
  static Household load() {
    int[] watts = new int[MINUTES];
    try (InputStream in =
            Objects.requireNonNull(Household.class.getResourceAsStream(FILE), "missing " + FILE);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      Objects.requireNonNull(lines.readLine(), "empty " + FILE);
      for (int i = 0; i < MINUTES; i++) {
        String line = Objects.requireNonNull(lines.readLine(), FILE + " ends early");
        watts[i] = new BigDecimal(line.split(",")[COLUMN]).movePointRight(3).intValueExact();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + FILE, e);
    }
    int peak = Arrays.stream(watts).max().orElseThrow();
    short[] perMille = new short[MINUTES];
    for (int i = 0; i < MINUTES; i++) {
      perMille[i] = (short) (watts[i] * 1000 / peak);
    }
    return new Household(perMille);
  }

  /** The power of a minute in thousandths of the highest; the recording repeats. */
  int perMille(int minute) {
    return perMille[minute % MINUTES];
  }
}

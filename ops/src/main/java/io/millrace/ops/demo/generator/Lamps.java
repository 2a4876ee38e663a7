package io.millrace.ops.demo.generator;

/**
 * The street lamps: what each draws and sees in each minute, a pure function of the seed. All of it
 * is integer arithmetic, so it is the same on every machine.
 */
final class Lamps {
  private static final int DAY = 24 * 60;
  private static final int SUNRISE = 7 * 60 + 30;
  private static final int SUNSET = 18 * 60 + 5;
  private static final int NOON_LUX = 20_000;
  private static final int DARK_LUX = 50;
  private static final int BRIGHT_LUX = 2_000;
  private static final int DIMMED_PER_MILLE = 40;

  private final long seed;
  private final Household household;
  private final int[] lux = new int[DAY];
  private final int[] dimming = new int[DAY];

  Lamps(long seed, Household household) {
    this.seed = mix(seed);
    this.household = household;
    for (int minute = 0; minute < DAY; minute++) {
      lux[minute] = daylight(minute);
      int bright = Math.clamp(lux[minute] - DARK_LUX, 0, BRIGHT_LUX - DARK_LUX);
      dimming[minute] = 1000 - (1000 - DIMMED_PER_MILLE) * bright / (BRIGHT_LUX - DARK_LUX);
    }
  }

  private static int daylight(int minute) {
    if (minute <= SUNRISE || minute >= SUNSET) {
      return 0;
    }
    long rise = minute - SUNRISE;
    long length = SUNSET - SUNRISE;
    return (int) (4L * NOON_LUX * rise * (length - rise) / (length * length));
  }

  /** 64 well-mixed bits (SplitMix64's finalizer). */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** 64 bits of chance for a lamp. */
  long chance(int lamp) {
    return mix(seed + lamp * 0x9E3779B97F4A7C15L);
  }

  /** 64 bits of chance for a lamp and minute. */
  long chance(int lamp, int minute) {
    return mix(chance(lamp) + minute * 0xD1B54A32D192ED03L);
  }

  /** The second of each minute at which a lamp reports. */
  int second(int lamp) {
    return (int) ((chance(lamp) & 0xFFFF) * 60 >>> 16);
  }

  /** A lamp's power at full light, in mW: 20 to 150 W. */
  int ratedMilliwatts(int lamp) {
    return 20_000 + (int) ((chance(lamp) >>> 16 & 0xFFFF) * 130_001 >>> 16);
  }

  /**
   * A lamp's energy of one minute in mWh. It follows the household, shifted by lamp, between 30 %
   * and 100 % of the lamp's power, and goes down to 4 % of that in daylight.
   */
  int milliwattHours(int lamp, int minute) {
    int shift = (int) ((chance(lamp) >>> 32 & 0xFFFF) * Household.MINUTES >>> 16);
    long perMille = 300 + 700L * household.perMille(minute + shift) / 1000;
    return (int) (ratedMilliwatts(lamp) * perMille * dimming[minute % DAY] / 60_000_000L);
  }

  /** Ambient light in lux, with an eighth of noise. */
  int lux(int lamp, int minute) {
    int clear = lux[minute % DAY] + 1;
    return clear + (int) ((chance(lamp, minute) >>> 40 & 0xFF) * clear >>> 11);
  }

  /** The lamp's fault code: 0 in nearly every minute. */
  int fault(int lamp, int minute) {
    long bits = chance(lamp, minute) >>> 48;
    return (bits & 0xFFF) == 0 ? 1 + (int) (bits >>> 12 & 3) : 0;
  }
}

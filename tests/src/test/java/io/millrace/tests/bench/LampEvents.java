package io.millrace.tests.bench;

import io.millrace.connectors.tenant.Device;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Reports of a city's lamps as CloudEvents, some minutes of them at a time. With noise where a
 * codec could cheat: each minute the lamps report in another order, which is not that of their
 * subscriptions either, in a random second, with readings of three random digits; their sequence
 * numbers differ from lamp to lamp, and 0.1 % have a fault.
 */
final class LampEvents {
  static final long MINUTE_MILLIS = 60_000;

  /** Reports made at once, if the lamps are not more: what they take of memory is bounded so. */
  private static final int AT_ONCE = 1_000_000;

  private static final byte[] ID = ascii("{\"specversion\":\"1.0\",\"id\":\"");
  private static final byte[] SUBJECT =
      ascii("\",\"source\":\"/city/lamps\",\"type\":\"lamp.report\",\"subject\":\"");
  private static final byte[] TIME = ascii("\",\"time\":\"");
  private static final byte[] READING =
      ascii("Z\",\"datacontenttype\":\"application/json\",\"data\":{\"wh\":");
  private static final byte[] LUX = ascii(",\"lux\":");
  private static final byte[] FAULT = ascii(",\"fault\":");
  private static final byte[] END = ascii("}}");
  private static final int LONGEST = 256;

  private final Instant start;
  private final SplittableRandom random;
  private final byte[][] subjects;
  private final int[] skew;
  private final int[] order;
  private byte[] bytes = {};
  private int[] from = {0};
  private int[] lamp = {};
  private int size;
  private int minutes;
  private int firstMinute;
  private int at;

  /** Lamps that begin to report at {@code start}, a full minute. */
  LampEvents(int lamps, Instant start, long seed) {
    this.start = start;
    random = new SplittableRandom(seed);
    subjects = new byte[lamps][];
    skew = new int[lamps];
    order = new int[lamps];
    for (int i = 0; i < lamps; i++) {
      subjects[i] = ascii(String.format(Locale.ROOT, "lamp-%06d", i));
      skew[i] = random.nextInt(16);
      order[i] = i;
    }
  }

  /** The lamps as devices of so many accounts, in random order. */
  List<Device> devices(int accounts) {
    shuffle();
    List<Device> devices = new ArrayList<>(order.length);
    for (int lamp : order) {
      String subject = new String(subjects[lamp], StandardCharsets.US_ASCII);
      devices.add(
          new Device(subject, "account-" + lamp % accounts, "lamp", start, Optional.empty()));
    }
    return devices;
  }

  int lamps() {
    return subjects.length;
  }

  /** Makes the reports of the next minutes, {@code most} at most; those before are gone. */
  void next(int most) {
    firstMinute += minutes;
    minutes = Math.clamp(AT_ONCE / lamps(), 1, most);
    size = minutes * lamps();
    if (from.length <= size) {
      from = new int[size + 1];
      lamp = new int[size];
      bytes = new byte[size * LONGEST];
    }
    at = 0;
    for (int minute = 0; minute < minutes; minute++) {
      shuffle();
      String time = start.plusSeconds(60L * (firstMinute + minute)).toString();
      byte[] upToMinute = ascii(time.substring(0, time.length() - "00Z".length()));
      for (int i = 0; i < lamps(); i++) {
        from[minute * lamps() + i] = at;
        lamp[minute * lamps() + i] = order[i];
        report(order[i], firstMinute + minute, upToMinute);
      }
    }
    from[size] = at;
  }

  /** How many reports there are now. */
  int size() {
    return size;
  }

  /** The minutes that they are of. */
  int minutes() {
    return minutes;
  }

  /** Their bytes in all. */
  int sizeInBytes() {
    return from[size];
  }

  /** A report in bytes of its own, as one comes off a wire. */
  byte[] payload(int i) {
    return Arrays.copyOfRange(bytes, from[i], from[i + 1]);
  }

  /** Whose report it is, from 0. */
  int lamp(int i) {
    return lamp[i];
  }

  /** When the minute of a report is over, milliseconds since 1970-01-01 UTC. */
  long minuteEnd(int i) {
    return start.toEpochMilli() + (firstMinute + i / lamps() + 1) * MINUTE_MILLIS;
  }

  private void report(int lamp, int minute, byte[] upToMinute) {
    put(ID);
    number(1_000 + minute + skew[lamp]);
    put(SUBJECT);
    put(subjects[lamp]);
    put(TIME);
    put(upToMinute);
    int second = random.nextInt(60);
    bytes[at++] = (byte) ('0' + second / 10);
    bytes[at++] = (byte) ('0' + second % 10);
    put(READING);
    reading(random.nextInt(1_000));
    put(LUX);
    number(random.nextInt(400));
    put(FAULT);
    number(random.nextInt(1_000) == 0 ? 1 : 0);
    put(END);
  }

  /** Thousandths as the shortest decimal: 0, 0.5, 0.25, 0.125. */
  private void reading(int thousandths) {
    bytes[at++] = '0';
    if (thousandths > 0) {
      bytes[at++] = '.';
      for (int unit = 100, left = thousandths; left > 0; left %= unit, unit /= 10) {
        bytes[at++] = (byte) ('0' + left / unit);
      }
    }
  }

  private void number(int n) {
    int unit = 1;
    while (n / unit >= 10) {
      unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
      bytes[at++] = (byte) ('0' + n / unit % 10);
    }
  }

  private void put(byte[] text) {
    System.arraycopy(text, 0, bytes, at, text.length);
    at += text.length;
  }

  private void shuffle() {
    for (int i = order.length - 1; i > 0; i--) {
      int k = random.nextInt(i + 1);
      int swap = order[i];
      order[i] = order[k];
      order[k] = swap;
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

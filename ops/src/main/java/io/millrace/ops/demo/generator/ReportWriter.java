package io.millrace.ops.demo.generator;

import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;

/**
 * Writes events as MQTT topic and CloudEvents 1.0 JSON into a caller's array, digit by digit: at
 * full load this runs hundreds of thousands of times a second. Not thread-safe.
 */
final class ReportWriter {
  /** No topic or event is longer, in bytes. */
  static final int MAX_BYTES = 320;

  private static final int DAY = 24 * 60;
  private static final int UNKNOWN_FROM = 500_000;

  private static final byte[] TOPIC = ascii("lamps/lamp-");
  private static final byte[] TOPIC_END = ascii("/report");
  private static final byte[] HEAD = ascii("{\"specversion\":\"1.0\"");
  private static final byte[] ID = ascii(",\"id\":\"");
  private static final byte[] SUBJECT =
      ascii("\",\"source\":\"/city/lamps\",\"type\":\"lamp.report\",\"subject\":\"lamp-");
  private static final byte[] SUBJECT_NO_ID =
      ascii(",\"source\":\"/city/lamps\",\"type\":\"lamp.report\",\"subject\":\"lamp-");
  private static final byte[] TIME = ascii("\",\"time\":\"");
  private static final byte[] DATA =
      ascii("\",\"datacontenttype\":\"application/json\",\"data\":{\"wh\":");
  private static final byte[] LUX = ascii(",\"lux\":");
  private static final byte[] FAULT = ascii(",\"fault\":");
  private static final byte[] END = ascii("}}");
  private static final byte[] NOT_A_NUMBER = ascii("NaN");
  private static final byte[] WORDS = ascii("\"a little\"");

  private final Lamps lamps;
  private final int firstMinute;
  private final byte[][] dates;

  ReportWriter(Load load, Lamps lamps) {
    this.lamps = lamps;
    var utc = load.start().atOffset(ZoneOffset.UTC);
    firstMinute = utc.getHour() * 60 + utc.getMinute();
    dates = new byte[(firstMinute + load.minutes()) / DAY + 1][];
    for (int day = 0; day < dates.length; day++) {
      dates[day] = ascii(utc.toLocalDate().plusDays(day) + "T");
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Writes an event's topic; returns the index behind it. */
  int topic(long key, byte[] to, int at) {
    int i = put(TOPIC, to, at);
    i = sixDigits(number(key), to, i);
    return put(TOPIC_END, to, i);
  }

  /** Writes an event's payload; returns the index behind it. */
  int payload(long key, byte[] to, int at) {
    int lamp = EventKey.lamp(key);
    int minute = EventKey.minute(key);
    int kind = EventKey.kind(key);
    Flaw flaw = kind < EventKey.FLAWED ? null : Flaw.of(kind - EventKey.FLAWED);
    int i = put(HEAD, to, at);
    if (flaw == Flaw.NO_ID) {
      i = put(SUBJECT_NO_ID, to, i);
    } else {
      i = put(ID, to, i);
      i = digits(minute + 1, to, i);
      i = put(SUBJECT, to, i);
    }
    i = sixDigits(number(key), to, i);
    int identified = i;
    if (flaw != Flaw.NO_TIME) {
      i = put(TIME, to, i);
      i = time(lamp, minute, to, i);
    }
    i = put(DATA, to, i);
    if (flaw == Flaw.NOT_A_NUMBER) {
      i = put(NOT_A_NUMBER, to, i);
    } else if (flaw == Flaw.WRONG_TYPE) {
      i = put(WORDS, to, i);
    } else {
      i = thousandths(lamps.milliwattHours(lamp, minute), to, i);
      if (flaw == Flaw.TOO_FINE) {
        to[i++] = '5';
      }
    }
    i = put(LUX, to, i);
    i = digits(lamps.lux(lamp, minute), to, i);
    i = put(FAULT, to, i);
    i = digits(lamps.fault(lamp, minute), to, i);
    i = put(END, to, i);
    if (flaw == Flaw.CUT) {
      // Never before the id and the lamp: suspense tells events apart by their bytes.
      long room = i - 1 - identified;
      return identified + (int) ((lamps.chance(lamp, minute) >>> 32 & 0xFFFF) * room >>> 16);
    }
    return i;
  }

  private static int number(long key) {
    boolean unknown = EventKey.kind(key) == EventKey.FLAWED + Flaw.UNKNOWN_LAMP.ordinal();
    return EventKey.lamp(key) + (unknown ? UNKNOWN_FROM : 0);
  }

  private int time(int lamp, int minute, byte[] to, int at) {
    int sinceMidnight = firstMinute + minute;
    int i = put(dates[sinceMidnight / DAY], to, at);
    int ofDay = sinceMidnight % DAY;
    i = twoDigits(ofDay / 60, to, i);
    to[i++] = ':';
    i = twoDigits(ofDay % 60, to, i);
    to[i++] = ':';
    i = twoDigits(lamps.second(lamp), to, i);
    to[i++] = 'Z';
    return i;
  }

  private static int put(byte[] bytes, byte[] to, int at) {
    System.arraycopy(bytes, 0, to, at, bytes.length);
    return at + bytes.length;
  }

  private static int twoDigits(int n, byte[] to, int at) {
    to[at] = (byte) ('0' + n / 10);
    to[at + 1] = (byte) ('0' + n % 10);
    return at + 2;
  }

  private static int sixDigits(int n, byte[] to, int at) {
    int i = twoDigits(n / 10_000, to, at);
    i = twoDigits(n / 100 % 100, to, i);
    return twoDigits(n % 100, to, i);
  }

  private static int thousandths(int n, byte[] to, int at) {
    int i = digits(n / 1000, to, at);
    int rest = n % 1000;
    to[i] = '.';
    to[i + 1] = (byte) ('0' + rest / 100);
    return twoDigits(rest % 100, to, i + 2);
  }

  private static int digits(int n, byte[] to, int at) {
    int length = 1;
    for (int limit = 10; n >= limit && length < 9; limit *= 10) {
      length++;
    }
    int rest = n;
    for (int i = at + length - 1; i >= at; i--) {
      to[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return at + length;
  }
}

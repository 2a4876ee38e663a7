package io.millrace.connectors.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DirectoryTest {

  private static Interval interval(String subject, long id, long from, long to) {
    return new Interval(subject, id, (int) id % 64, 4, 1, from, to);
  }

  private static long lookup(Directory directory, String subject, long at) {
    byte[] bytes = ("/" + subject + "/").getBytes(StandardCharsets.UTF_8);
    return directory.lookup(bytes, 1, bytes.length - 2, at);
  }

  @Test
  void a_device_is_found_by_its_name_and_moment() {
    Directory directory = new Directory();
    directory.add(
        List.of(
            interval("lamp-1", 10, 100, 200),
            interval("lamp-2", 11, 100, Long.MAX_VALUE),
            interval("farola-ñ", 12, 0, Long.MAX_VALUE)));
    directory.add(List.of(interval("lamp-1", 13, 200, 300), interval("lamp-1", 9, 0, 50)));
    assertEquals(Directory.NOT_ACTIVE, lookup(directory, "lamp-1", 99));
    assertEquals(10, lookup(directory, "lamp-1", 100));
    assertEquals(10, lookup(directory, "lamp-1", 199));
    assertEquals(13, lookup(directory, "lamp-1", 200));
    assertEquals(Directory.NOT_ACTIVE, lookup(directory, "lamp-1", 300));
    assertEquals(9, lookup(directory, "lamp-1", 49));
    assertEquals(11, lookup(directory, "lamp-2", Long.MAX_VALUE - 1));
    assertEquals(12, lookup(directory, "farola-ñ", 5));
    assertEquals(Directory.UNKNOWN, lookup(directory, "lamp-", 100));
    assertEquals(Directory.UNKNOWN, lookup(directory, "lamp-11", 100));
    assertEquals(Directory.UNKNOWN, lookup(directory, "LAMP-1", 100));
    assertEquals(Directory.UNKNOWN, lookup(directory, "", 100));
  }

  @Test
  void a_view_tells_all_of_an_interval() {
    Directory directory = new Directory();
    directory.add(List.of(new Interval("lamp-7", 7, 63, 5, 2, 10, 20)));
    DirectoryView view = directory.view();
    int i = view.find("lamp-7".getBytes(StandardCharsets.UTF_8), 0, 6, 15);
    assertEquals(
        new Interval("lamp-7", 7, 63, 5, 2, 10, 20),
        new Interval(
            view.subject(i),
            view.subscription(i),
            view.shard(i),
            view.account(i),
            view.offer(i),
            view.validFrom(i),
            view.validTo(i)));
  }

  @Test
  void a_subscription_that_comes_again_takes_its_own_place() {
    Directory directory = new Directory();
    directory.add(List.of(interval("lamp-1", 10, 100, Long.MAX_VALUE)));
    directory.add(List.of(interval("lamp-1", 10, 100, 150)));
    assertEquals(1, directory.view().size());
    assertEquals(Directory.NOT_ACTIVE, lookup(directory, "lamp-1", 150));
  }

  @Test
  void intervals_that_overlap_are_refused_and_change_nothing() {
    Directory directory = new Directory();
    directory.add(List.of(interval("lamp-1", 10, 100, 200)));
    DirectoryView before = directory.view();
    assertThrows(
        IllegalArgumentException.class,
        () ->
            directory.add(List.of(interval("lamp-2", 12, 0, 9), interval("lamp-1", 11, 199, 300))));
    assertEquals(before, directory.view());
    assertEquals(Directory.UNKNOWN, lookup(directory, "lamp-2", 5));
  }

  @Test
  void two_hundred_thousand_devices_take_66_bytes_each_and_are_all_found() {
    Directory directory = new Directory();
    List<Interval> all = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      all.add(interval("lamp-%06d".formatted(i), i, 0, Long.MAX_VALUE));
    }
    directory.add(all.subList(0, 150_000));
    directory.add(all.subList(150_000, 200_000));
    for (int i = 0; i < 200_000; i++) {
      assertEquals(i, lookup(directory, all.get(i).subject(), 1));
    }
    assertEquals(Directory.UNKNOWN, lookup(directory, "lamp-200000", 1));
    long each = directory.view().heapBytes() / 200_000;
    assertTrue(each <= 66, each + " bytes");
  }

  /** A bulk add shows whole or not at all: the last of a bulk is never seen without the first. */
  @Test
  void readers_beside_a_writer_see_whole_additions() throws InterruptedException {
    Directory directory = new Directory();
    AtomicBoolean torn = new AtomicBoolean();
    AtomicBoolean done = new AtomicBoolean();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!done.get()) {
                    DirectoryView view = directory.view();
                    if (view.size() % 100 != 0) {
                      torn.set(true);
                    }
                    for (int i = 0; i < view.size(); i += 37) {
                      byte[] name = ("d" + i).getBytes(StandardCharsets.UTF_8);
                      if (view.lookup(name, 0, name.length, 1) != i) {
                        torn.set(true);
                      }
                    }
                  }
                });
    for (int bulk = 0; bulk < 40; bulk++) {
      List<Interval> more = new ArrayList<>();
      for (int i = bulk * 100; i < (bulk + 1) * 100; i++) {
        more.add(interval("d" + i, i, 0, 9));
      }
      directory.add(more);
    }
    done.set(true);
    reader.join();
    assertEquals(false, torn.get());
  }
}

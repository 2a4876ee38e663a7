package io.millrace.connectors.trial;

import io.millrace.connectors.files.TextBlock;
import io.millrace.connectors.files.TextBlocks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Has a text of CloudEvents rated by all threads: at the same time the blocks after the next ones
 * are read, the next ones decoded, and those before them taken by the lanes of each trial.
 */
public final class UsageRun {
  /**
   * Blocks in a round for each thread: the last one that works is not alone for long, and a lane
   * finds in the cache what it needs for the later ones. It is 13 % faster than with 2.
   */
  private static final int BLOCKS_PER_THREAD = 8;

  /** A block is 4 MiB; beside it as much again is decoded. */
  private static final int MOST_BLOCKS = 64;

  private final List<UsageTrial> trials;
  private final Workers workers;
  private final TextBlocks text;
  private final int most;

  /** Some blocks that follow each other, and their events for each trial. */
  private static final class Round {
    final List<TextBlock> texts = new ArrayList<>();
    final List<List<UsageBlock>> blocks = new ArrayList<>();
    int size;
  }

  private UsageRun(List<UsageTrial> trials, TextBlocks text, Workers workers) {
    this.trials = trials;
    this.text = text;
    this.workers = workers;
    this.most = Math.min(MOST_BLOCKS, BLOCKS_PER_THREAD * workers.threads());
  }

  /**
   * Has each trial take all of a text.
   *
   * @param progress is told now and then how many lines have been taken
   * @throws io.millrace.connectors.files.FileRefused where it can't be read
   */
  public static void rate(
      List<UsageTrial> trials, TextBlocks text, Workers workers, LongConsumer progress)
      throws IOException {
    trials.forEach(UsageTrial::begin);
    new UsageRun(trials, text, workers).run(progress);
  }

  private void run(LongConsumer progress) throws IOException {
    Round read = new Round();
    Round decoded = new Round();
    Round taken = new Round();
    do {
      List<Workers.Task> tasks = new ArrayList<>();
      Round next = taken;
      Round last = decoded;
      Round now = read;
      // The one that was taken is free to be read into.
      tasks.add(() -> read(next));
      decode(now, tasks);
      take(last, tasks);
      workers.run(tasks);
      for (int t = 0; t < trials.size(); t++) {
        for (UsageBlock block : blocks(now, t)) {
          trials.get(t).follow(block);
        }
        for (UsageBlock block : blocks(last, t)) {
          trials.get(t).taken(block);
        }
      }
      if (last.size > 0) {
        progress.accept(last.blocks.getFirst().get(last.size - 1).lines());
      }
      taken = last;
      decoded = now;
      read = next;
      taken.size = 0;
    } while (read.size > 0 || decoded.size > 0);
  }

  private void read(Round into) throws IOException {
    into.size = 0;
    while (into.size < most) {
      if (into.size == into.texts.size()) {
        into.texts.add(new TextBlock());
      }
      if (!text.read(into.texts.get(into.size))) {
        return;
      }
      into.size++;
    }
  }

  private void decode(Round round, List<Workers.Task> tasks) {
    for (int t = 0; t < trials.size(); t++) {
      if (t == round.blocks.size()) {
        round.blocks.add(new ArrayList<>());
      }
      List<UsageBlock> blocks = round.blocks.get(t);
      while (blocks.size() < round.size) {
        blocks.add(trials.get(t).block());
      }
      for (int i = 0; i < round.size; i++) {
        UsageBlock block = blocks.get(i);
        TextBlock lines = round.texts.get(i);
        tasks.add(() -> block.decode(lines));
      }
    }
  }

  private void take(Round round, List<Workers.Task> tasks) {
    for (int t = 0; t < trials.size(); t++) {
      if (round.size > 0) {
        tasks.addAll(trials.get(t).taking(blocks(round, t)));
      }
    }
  }

  private static List<UsageBlock> blocks(Round round, int trial) {
    return round.size == 0 ? List.of() : round.blocks.get(trial).subList(0, round.size);
  }
}

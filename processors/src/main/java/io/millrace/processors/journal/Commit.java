package io.millrace.processors.journal;

import io.millrace.processors.usage.UsageBatch;
import java.util.List;

/**
 * What one transaction journals for one tenant: a section for each shard that took part, and their
 * usage in one batch, a section's rows side by side.
 *
 * @param tenant the tenant
 * @param number unique, and rising for each shard
 * @param rules the version of the rules it was applied under
 * @param sections ascending by shard
 * @param usage all sections' rows
 */
public record Commit(int tenant, long number, int rules, List<Section> sections, UsageBatch usage) {

  public Commit {
    sections = List.copyOf(sections);
  }
}

package io.millrace.processors.shard;

import static io.millrace.processors.shard.SponsorShards.AWAY;
import static io.millrace.processors.shard.SponsorShards.HOUR;

import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer.Outcome;

/** A driver with an empty balance, whose car 7 others pay for; and a shard that they ask. */
final class Driver {
  /** An offer of three event types, two of which can be reserved. */
  static final String OFFER =
      ChargingShard.CATALOG.replace(
              "meters:\n",
              "meters:\n  audio: {event: charge.audio, value: data.s, unit: s, scale: 0,"
                  + " aggregate: sum}\n")
          + "      audio: {meter: audio, unit: s, per-unit: 0.002}\n";

  static final int ACCOUNT = 2_007;

  final SponsorShards two;
  final ChargingShard shard;
  final int energy;
  final int audio;
  private final int number;

  Driver(String catalog) {
    this(catalog, AWAY);
  }

  Driver(String catalog, int number) {
    this.two = new SponsorShards(catalog);
    this.number = number;
    this.shard = two.shards.get(number);
    this.energy = type(two, "charge.energy");
    this.audio = type(two, "charge.audio");
    two.subscribe(number, 7);
    two.open(number, ACCOUNT);
  }

  static int type(SponsorShards two, String name) {
    Rules rules = two.shards.getFirst().rules;
    for (int i = 0; i < rules.types().size(); i++) {
      if (rules.types().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new AssertionError(name);
  }

  AccountAnswer asked(AccountRequest request) {
    shard.ask(request);
    AccountAnswer answer = two.commit(number).answers.get(request.key());
    if (answer == null) {
      throw new AssertionError("no answer");
    }
    return answer;
  }

  AccountAnswer reserve(int type, long quantity) {
    return reserve(type, quantity, false);
  }

  AccountAnswer reserve(int type, long quantity, boolean partial) {
    return asked(new AccountRequest.Reserve(two.key(), 7, type, 0, quantity, partial, HOUR, false));
  }

  AccountAnswer dry(int type, long quantity) {
    return asked(new AccountRequest.Reserve(two.key(), 7, type, 0, quantity, false, HOUR, true));
  }

  AccountAnswer commit(AccountAnswer granted, int type, long quantity, boolean last) {
    int row = shard.row(7, two.now, type, quantity);
    return asked(new AccountRequest.Use(two.key(), row, granted.seq(), granted.n(), last));
  }

  AccountAnswer release(AccountAnswer granted) {
    return asked(new AccountRequest.Release(two.key(), granted.seq(), granted.n()));
  }

  /** Charges it at once, if that is granted. */
  AccountAnswer charge(int type, long quantity) {
    return commit(AccountAnswer.refused(Outcome.PRICED, 0), type, quantity, true);
  }

  /** Usage that comes over a source. */
  void use(int type, long quantity) {
    shard.row(7, two.now, type, quantity);
    two.commit(number);
  }

  void pay(long amount) {
    asked(new AccountRequest.Pay(two.key(), ACCOUNT, amount, false));
  }

  WalletView wallet() {
    return shard.shard().wallet(ACCOUNT).orElseThrow();
  }
}

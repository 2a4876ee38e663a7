-- The devices of an account, in the order of a list.
create index subscription_account on subscription (tenant, account, id);

-- What requests with an Idempotency-Key were answered, for those that are repeated.
create table answer (
  tenant    int not null references tenant,
  operation text not null,                     -- the contract's operationId
  key       text not null,
  request   bytea not null,                    -- SHA-256 of the body: another body is no repetition
  status    smallint not null,
  type      text not null,
  body      bytea not null,
  given_at  timestamptz not null default now(),
  primary key (tenant, operation, key)
);
create index answer_given on answer (tenant, given_at);

-- What a charge is made of: (tier, units, flats) as varints; empty where its quantity says it.
alter table charge add column tiers bytea not null default '';

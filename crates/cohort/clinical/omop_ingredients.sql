-- One row a drug concept and ingredient of chemotherapy, from the OMOP CDM table `concept_ancestor`.
--
-- Exposures are recorded by product; the vocabulary says which ingredients are above it, each of itself too. A data set
-- that comes without the vocabulary brings its own view of this name.
-- Parameter oxaliplatin = '1318011': concept ids of the ingredient, separated by commas (Athena, RxNorm)
-- Parameter irinotecan = '1367268': concept ids of the ingredient (Athena, RxNorm)
-- Parameter fluorouracil = '955632': concept ids of the ingredient (Athena, RxNorm)
-- Parameter capecitabine = '1337620': concept ids of the ingredient (Athena, RxNorm)
-- Parameter bevacizumab = '1397141': concept ids of the ingredient (Athena, RxNorm)
-- Parameter cetuximab = '1315411': concept ids of the ingredient (Athena, RxNorm)
-- Parameter panitumumab = '19100985': concept ids of the ingredient (Athena, RxNorm)
-- Source: OMOP Common Data Model 5.4, table CONCEPT_ANCESTOR.
with wanted as (
  select 'oxaliplatin' as drug, unnest(concept_ids($oxaliplatin)) as concept_id
  union all
  select 'irinotecan', unnest(concept_ids($irinotecan))
  union all
  select 'fluorouracil', unnest(concept_ids($fluorouracil))
  union all
  select 'capecitabine', unnest(concept_ids($capecitabine))
  union all
  select 'bevacizumab', unnest(concept_ids($bevacizumab))
  union all
  select 'cetuximab', unnest(concept_ids($cetuximab))
  union all
  select 'panitumumab', unnest(concept_ids($panitumumab))
)
select distinct concept_ancestor.descendant_concept_id as drug_concept_id, wanted.drug
from concept_ancestor
join wanted on wanted.concept_id = concept_ancestor.ancestor_concept_id

-- One row a patient with an index date: scoring formula of Nagashima, 0 to 5.23.
--
-- The sum of the weights of: node-positive primary tumour 0.60034; less than 12 months from primary tumour to metastasis
-- 0.67838; T4 0.54877; more than one metastasis 0.85412; largest above 5 cm 1.35657; extrahepatic disease 1.19430, which
-- in a patient who is operated on is taken for resectable. A up to 3, B up to 5, C above. Counted in 1/100000, so that
-- the sum is exact. A missing input gives no score.
-- Source: Nagashima et al. 2006, doi:10.3748/wjg.v12.i39.6305.
with points as (
  select
    patient_id,
    case when node_positive then 60034 when not node_positive then 0 end as node_weight,
    case
      when liver_metastasis_date < primary_diagnosis_date + interval '12 months' then 67838
      when liver_metastasis_date >= primary_diagnosis_date + interval '12 months' then 0
    end as interval_weight,
    case when primary_t = 4 then 54877 when primary_t < 4 then 0 end as t4_weight,
    case when liver_lesions > 1 then 85412 when liver_lesions <= 1 then 0 end as number_weight,
    case when largest_mm > 50 then 135657 when largest_mm <= 50 then 0 end as size_weight,
    case when extrahepatic then 119430 when not extrahepatic then 0 end as extrahepatic_weight
  from score_input
),
scores as (
  select
    *,
    node_weight + interval_weight + t4_weight + number_weight + size_weight + extrahepatic_weight as weights
  from points
)
select
  patient_id,
  node_weight / 100000.0 as node_weight,
  interval_weight / 100000.0 as interval_weight,
  t4_weight / 100000.0 as t4_weight,
  number_weight / 100000.0 as number_weight,
  size_weight / 100000.0 as size_weight,
  extrahepatic_weight / 100000.0 as extrahepatic_weight,
  weights / 100000.0 as nagashima_score,
  case
    when weights <= 300000 then 'A'
    when weights <= 500000 then 'B'
    when weights > 500000 then 'C'
  end as nagashima_score_group,
  case when weights is null then concat(
    'not computable: unknown',
    case when node_weight is null then ' nodal status;' else '' end,
    case when interval_weight is null then ' interval;' else '' end,
    case when t4_weight is null then ' T category;' else '' end,
    case when number_weight is null then ' number;' else '' end,
    case when size_weight is null then ' size;' else '' end,
    case when extrahepatic_weight is null then ' extrahepatic disease;' else '' end
  ) end as nagashima_score_reason
from scores

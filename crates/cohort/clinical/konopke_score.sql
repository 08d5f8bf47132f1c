-- One row a patient with an index date: clinical score of Konopke, 0 to 3.
--
-- One point each: metastases synchronous with the primary tumour; four or more; CEA from 200 ng/mL. 0 low,
-- 1 intermediate, from 2 high. Synchronous: found at most $synchronous_months calendar months after the diagnosis of the
-- primary tumour, or before it. A missing input gives no score and says which; it never counts as 0.
-- Parameter synchronous_months = 0: months after the diagnosis of the primary tumour (the paper says synchronous only)
-- Source: Konopke et al. 2009, doi:10.1111/j.1478-3231.2008.01845.x.
with points as (
  select
    patient_id,
    cast(liver_metastasis_date <= primary_diagnosis_date + cast('$synchronous_months months' as interval) as bigint)
      as synchronous_point,
    cast(liver_lesions >= 4 as bigint) as number_point,
    cast(cea_ng_ml >= 200 as bigint) as cea_point
  from score_input
),
scores as (
  select
    *,
    synchronous_point + number_point + cea_point as konopke_score
  from points
)
select
  patient_id,
  synchronous_point,
  number_point,
  cea_point,
  konopke_score,
  case
    when konopke_score = 0 then 'low'
    when konopke_score = 1 then 'intermediate'
    when konopke_score > 1 then 'high'
  end as konopke_score_group,
  case when konopke_score is null then concat(
    'not computable: unknown',
    case when synchronous_point is null then ' interval;' else '' end,
    case when number_point is null then ' number;' else '' end,
    case when cea_point is null then ' CEA;' else '' end
  ) end as konopke_score_reason
from scores

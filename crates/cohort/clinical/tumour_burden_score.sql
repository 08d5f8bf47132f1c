-- One row a patient with an index date: tumour burden score, from the size and number of liver metastases.
--
-- The root of the sum of squares of the largest diameter in cm and of the number. Zones: below 3, 3 to below 9, from 9.
-- Source: Sasaki et al. 2018, doi:10.1097/SLA.0000000000002064.
with points as (
  select
    patient_id,
    largest_mm / 10.0 as size_cm,
    liver_lesions as number
  from score_input
),
scores as (
  select
    *,
    sqrt(size_cm * size_cm + number * number) as tumour_burden_score
  from points
)
select
  patient_id,
  size_cm,
  number,
  tumour_burden_score,
  case
    when tumour_burden_score < 3 then 'low'
    when tumour_burden_score < 9 then 'medium'
    when tumour_burden_score >= 9 then 'high'
  end as tumour_burden_score_group,
  case when tumour_burden_score is null then concat(
    'not computable: unknown',
    case when size_cm is null then ' size;' else '' end,
    case when number is null then ' number;' else '' end
  ) end as tumour_burden_score_reason
from scores

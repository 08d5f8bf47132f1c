-- One row a patient with an index date: modified clinical score with RAS, 0 to 3.
--
-- One point each: RAS (KRAS or NRAS) mutated; node-positive primary tumour; largest metastasis above 50 mm.
-- Source: Brudvik et al. 2019, doi:10.1097/SLA.0000000000002319.
with points as (
  select
    patient_id,
    case when ras_mutated then 1 when not (ras_mutated) then 0 end as ras_point,
    case when node_positive then 1 when not (node_positive) then 0 end as node_point,
    case when largest_mm > 50 then 1 when not (largest_mm > 50) then 0 end as size_point
  from score_input
)
select
  patient_id,
  ras_point,
  node_point,
  size_point,
  ras_point + node_point + size_point as modified_clinical_score,
  case ras_point + node_point + size_point when 0 then 'low' when 1 then 'low to medium' when 2 then 'medium to high' when 3 then 'high' end as modified_clinical_score_group,
  case when ras_point is null or node_point is null or size_point is null then concat(
    'not computable: unknown',
    case when ras_point is null then ' RAS;' else '' end,
    case when node_point is null then ' nodal status;' else '' end,
    case when size_point is null then ' size;' else '' end
  ) end as modified_clinical_score_reason
from points

-- One row a resected tumour: pathological response by the share of residual viable tumour cells (Blazer).
--
-- Complete: none; major: below $minor_percent %; minor: from there on.
-- Parameter minor_percent = 50: share from which the response is minor (Blazer 2008)
-- Source: Blazer et al. 2008, doi:10.1200/JCO.2008.17.5299.
select
  patient_id,
  operation_date,
  tumor,
  residual_percent,
  case
    when residual_percent = 0 then 'complete'
    when residual_percent < $minor_percent then 'major'
    when residual_percent >= $minor_percent then 'minor'
  end as pathological_response
from pathology

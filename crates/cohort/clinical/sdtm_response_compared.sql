-- One row a patient, reader, course and visit: the response that `rs` reports beside the one derived from `tu` and `tr`.
--
-- The study's `recist_reading` is `sdtm_recist_reading`. `agrees` is unknown where one of the two is missing; the trace
-- says how the derived one came about. Visits of which neither says anything, the baseline above all, are left out.
-- Source: CDISC SDTM Implementation Guide 3.3, domains TU, TR and RS; RECIST 1.1, doi:10.1016/j.ejca.2008.10.026.
with derived as (
  select
    recist_exam.patient_id,
    recist_exam.reader,
    recist_exam.course,
    sdtm_visit.visit,
    recist_exam.exam_date,
    recist_exam.response,
    recist_exam.trace
  from recist_exam
  join sdtm_visit
    on sdtm_visit.patient_id = recist_exam.patient_id
    and sdtm_visit.reader = recist_exam.reader
    and sdtm_visit.exam_date = recist_exam.exam_date
)
select
  coalesce(sdtm_response.patient_id, derived.patient_id) as patient_id,
  coalesce(sdtm_response.reader, derived.reader) as reader,
  derived.course,
  coalesce(sdtm_response.visit, derived.visit) as visit,
  derived.exam_date,
  sdtm_response.response as reported_response,
  derived.response as derived_response,
  sdtm_response.response = derived.response as agrees,
  derived.trace
from sdtm_response
full join derived
  on derived.patient_id = sdtm_response.patient_id
  and derived.reader = sdtm_response.reader
  and derived.visit = sdtm_response.visit
where sdtm_response.response is not null or derived.response is not null

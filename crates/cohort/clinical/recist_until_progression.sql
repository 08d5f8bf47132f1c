-- One row a patient, reader, course and exam up to the first progression: its response, among those around it.
--
-- Exams without a response, the baseline above all, are left out. `seen_…` count the exams of an answer so far, this one
-- included; `previous_pr` is the last partial response before it and `next_cr` the first complete one after it.
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, section 4.4.
with progressions as (
  select patient_id, reader, course, min(exam_date) as progression_date
  from recist_exam
  where response = 'PD'
  group by patient_id, reader, course
),
responses as (
  select
    exams.patient_id,
    exams.reader,
    exams.course,
    exams.exam_date,
    exams.response,
    days_between(exams.reference_date, exams.exam_date) as days
  from progressions
  right join recist_exam as exams
    on progressions.patient_id = exams.patient_id
    and progressions.reader = exams.reader
    and progressions.course = exams.course
  where exams.response is not null
    and (progressions.progression_date is null or exams.exam_date <= progressions.progression_date)
),
counted as (
  select
    responses.*,
    -- Four counts in the digits of one number: a window function is dear.
    sum(case response when 'NE' then 1 when 'SD' then 10000 when 'PR' then 100000000 when 'CR' then 0 else 1000000000000 end)
      over so_far as seen,
    max(case when response = 'PR' then exam_date end) over earlier as previous_pr,
    min(case when response = 'CR' then exam_date end) over later as next_cr
  from responses
  window
    so_far as (partition by patient_id, reader, course order by exam_date
      rows between unbounded preceding and current row),
    earlier as (partition by patient_id, reader, course order by exam_date
      rows between unbounded preceding and 1 preceding),
    later as (partition by patient_id, reader, course order by exam_date
      rows between 1 following and unbounded following)
)
select
  patient_id,
  reader,
  course,
  exam_date,
  response,
  days,
  seen % 10000 as seen_ne,
  seen / 10000 % 10000 as seen_sd,
  seen / 100000000 % 10000 as seen_pr,
  seen / 1000000000000 as seen_other,
  previous_pr,
  next_cr
from counted

-- One row a patient, reader and course: best overall response without and with confirmation.
--
-- Only exams up to the first progression count. A complete or partial response counts on any day; stable disease, and
-- NON-CR/NON-PD, only from $sd_min_days days after the start of treatment (the baseline, where that is unknown), else
-- the exam is NE. With confirmation a complete response needs a second one at least $confirm_days days later with
-- nothing but CR and at most $max_not_evaluable NE between; a partial one needs CR or PR as late, with no progression
-- between and no partial response after a complete one. A response that is not confirmed counts as stable disease.
-- A course without any exam after the baseline is MISSING. Of several exams that give the best answer the first counts.
-- Parameter sd_min_days = 42: shortest stable disease, protocol-defined (RECIST 1.1, section 4.6; usually 6 to 8 weeks)
-- Parameter confirm_days = 28: shortest time to the confirmation (RECIST 1.1, section 4.6; at least 4 weeks)
-- Parameter max_not_evaluable = 1: NE allowed between a response and its confirmation (a choice of the protocol)
-- Parameter accept_stable = false: one SD is allowed between two partial responses (a choice of the protocol)
-- Parameter missing_as_not_evaluable = false: a course without exam is NE, not MISSING (a choice of the protocol)
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, section 4.4, Table 3.
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
    days_between(exams.reference_date, exams.exam_date) >= $sd_min_days as late
  from recist_exam as exams
  left join progressions
    on progressions.patient_id = exams.patient_id
    and progressions.reader = exams.reader
    and progressions.course = exams.course
  where exams.response is not null
    and (progressions.progression_date is null or exams.exam_date <= progressions.progression_date)
),
counted as (
  select
    responses.*,
    sum(case when response = 'NE' then 1 else 0 end) over so_far as seen_ne,
    sum(case when response = 'SD' then 1 else 0 end) over so_far as seen_sd,
    sum(case when response = 'PR' then 1 else 0 end) over so_far as seen_pr,
    sum(case when response not in ('CR', 'PR', 'SD', 'NE') then 1 else 0 end) over so_far as seen_other,
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
),
pairs as (
  select
    first.patient_id,
    first.reader,
    first.course,
    first.exam_date,
    first.response,
    first.next_cr,
    second.exam_date as second_date,
    second.previous_pr,
    second.response as second_response,
    second.seen_ne - first.seen_ne as between_ne,
    second.seen_sd - first.seen_sd as between_sd,
    second.seen_pr - first.seen_pr as between_pr,
    second.seen_other - first.seen_other as between_other,
    row_number() over (
      partition by first.patient_id, first.reader, first.course, first.exam_date
      order by second.exam_date
    ) as nth
  from counted as first
  join counted as second
    on second.patient_id = first.patient_id
    and second.reader = first.reader
    and second.course = first.course
  where days_between(first.exam_date, second.exam_date) >= $confirm_days
    and first.exam_date < second.exam_date
    and (
      (first.response = 'CR' and second.response = 'CR')
      or (first.response = 'PR' and second.response in ('CR', 'PR'))
    )
),
confirmed as (
  select patient_id, reader, course, exam_date, response, second_date
  from pairs
  where nth = 1
    and between_other = 0
    and between_ne <= $max_not_evaluable
    and case
      when response = 'CR' then between_sd = 0 and between_pr = 0
      else between_sd <= case when $accept_stable then 1 else 0 end
        -- The last PR up to the confirmation lies before the first CR after the response.
        and (
          next_cr is null or next_cr > second_date
          or case
            when second_response = 'PR' then false
            when previous_pr > exam_date then next_cr > previous_pr
            else true
          end
        )
    end
),
candidates as (
  select
    patient_id, reader, course, exam_date,
    case
      when response in ('CR', 'PR', 'PD', 'NE', 'ND') then response
      when late then response
      else 'NE'
    end as best,
    false as confirmed_rule
  from responses
  union all
  select patient_id, reader, course, exam_date, response, true from confirmed
  union all
  select
    patient_id, reader, course, exam_date,
    case
      when response in ('CR', 'PR', 'SD') and late then 'SD'
      when response in ('PD', 'NE', 'ND') then response
      when late then response
      else 'NE'
    end,
    true
  from responses
),
ranked as (
  select
    candidates.*,
    row_number() over (
      partition by patient_id, reader, course, confirmed_rule
      order by
        case best
          when 'CR' then 1 when 'PR' then 2 when 'SD' then 3 when 'NON-CR/NON-PD' then 4
          when 'PD' then 5 when 'NE' then 6 else 7
        end,
        exam_date
    ) as place
  from candidates
),
best as (
  select
    patient_id,
    reader,
    course,
    max(case when not confirmed_rule then best end) as best_response,
    max(case when not confirmed_rule then exam_date end) as best_response_date,
    max(case when confirmed_rule then best end) as confirmed_response,
    max(case when confirmed_rule then exam_date end) as confirmed_response_date
  from ranked
  where place = 1
  group by patient_id, reader, course
)
select
  recist_course.patient_id,
  best.reader,
  recist_course.course,
  coalesce(best.best_response, case when $missing_as_not_evaluable then 'NE' else 'MISSING' end) as best_response,
  best.best_response_date,
  coalesce(best.confirmed_response, case when $missing_as_not_evaluable then 'NE' else 'MISSING' end)
    as confirmed_response,
  best.confirmed_response_date
from recist_course
left join best
  on best.patient_id = recist_course.patient_id
  and best.course = recist_course.course

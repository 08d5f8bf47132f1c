-- One row a patient, reader and course: best overall response without and with confirmation.
--
-- Only exams up to the first progression count. A complete or partial response counts on any day; stable disease, and
-- NON-CR/NON-PD, only from $sd_min_days days after the start of treatment (the baseline, where that is unknown), else
-- the exam is NE. With confirmation a complete response needs a second one at least $confirm_days days later with
-- nothing but CR and at most $max_not_evaluable NE between; a partial one needs CR or PR as late, with no progression
-- between and no partial response after a complete one. A response that is not confirmed counts as stable disease.
-- A course without any exam after the baseline is MISSING. Of several exams that give the best answer the first counts.
-- `best_reason` says how many exams counted and what became of the response, `confirmed_on` when it was confirmed.
-- Parameter sd_min_days = 42: shortest stable disease, protocol-defined (RECIST 1.1, section 4.6; usually 6 to 8 weeks)
-- Parameter confirm_days = 28: shortest time to the confirmation (RECIST 1.1, section 4.6; at least 4 weeks)
-- Parameter max_not_evaluable = 1: NE allowed between a response and its confirmation (a choice of the protocol)
-- Parameter accept_stable = false: one SD is allowed between two partial responses (a choice of the protocol)
-- Parameter missing_as_not_evaluable = false: a course without exam is NE, not MISSING (a choice of the protocol)
-- Source: Eisenhauer et al. 2009, doi:10.1016/j.ejca.2008.10.026, section 4.4, Table 3.
with pairs as (
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
  from recist_until_progression as first
  join recist_until_progression as second
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
  -- A response that is not confirmed is stable disease, and that only when it is late enough.
  select
    exams.patient_id,
    exams.reader,
    exams.course,
    exams.exam_date,
    exams.response,
    confirmed.second_date,
    case
      when exams.response in ('CR', 'PR', 'PD', 'NE', 'ND') or exams.days >= $sd_min_days then exams.response
      else 'NE'
    end as best,
    case
      when confirmed.response is not null then confirmed.response
      when exams.response in ('CR', 'PR', 'SD') and exams.days >= $sd_min_days then 'SD'
      when exams.response in ('PD', 'NE', 'ND') or exams.days >= $sd_min_days then exams.response
      else 'NE'
    end as best_confirmed
  from confirmed
  right join recist_until_progression as exams
    on confirmed.patient_id = exams.patient_id
    and confirmed.reader = exams.reader
    and confirmed.course = exams.course
    and confirmed.exam_date = exams.exam_date
),
ranked as (
  select
    candidates.*,
    case best
      when 'CR' then 1 when 'PR' then 2 when 'SD' then 3 when 'NON-CR/NON-PD' then 4
      when 'PD' then 5 when 'NE' then 6 else 7
    end as place,
    case best_confirmed
      when 'CR' then 1 when 'PR' then 2 when 'SD' then 3 when 'NON-CR/NON-PD' then 4
      when 'PD' then 5 when 'NE' then 6 else 7
    end as place_confirmed
  from candidates
),
best as (
  select
    patient_id,
    reader,
    course,
    first_value(best order by place, exam_date) as best_response,
    first_value(exam_date order by place, exam_date) as best_response_date,
    first_value(best_confirmed order by place_confirmed, exam_date) as confirmed_response,
    first_value(exam_date order by place_confirmed, exam_date) as confirmed_response_date,
    first_value(second_date order by place_confirmed, exam_date) as confirmed_on,
    count(*) as exams,
    max(exam_date) as last_exam,
    bool_or(response = 'PD') as progressed,
    count(case when best <> response then 1 end) as too_early
  from ranked
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
  best.confirmed_response_date,
  best.confirmed_on,
  case
    when best.exams is null then 'no exam after the baseline'
    else concat(
      'best of ', best.exams, case when best.exams = 1 then ' exam' else ' exams' end,
      ' up to ', case when best.progressed then 'the progression of ' else '' end, best.last_exam,
      case when best.too_early > 0
        then concat('; ', best.too_early, ' stable before day $sd_min_days, which counts as NE') else '' end,
      case
        when best.best_response not in ('CR', 'PR') then ''
        when best.confirmed_on is null then concat('; ', best.best_response, ' not confirmed $confirm_days days later')
        when best.confirmed_response = best.best_response
          then concat('; ', best.best_response, ' confirmed on ', best.confirmed_on)
        else concat('; ', best.best_response, ' not confirmed, ', best.confirmed_response, ' confirmed on ', best.confirmed_on)
      end
    )
  end as best_reason
from recist_course
left join best
  on best.patient_id = recist_course.patient_id
  and best.course = recist_course.course

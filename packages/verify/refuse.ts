import { type PresentedProblem, problemResponse } from '../../src/http/problem.ts'

/** Returns a response that no cache may store, because it is about the caller. */
export function refuse(problem: PresentedProblem): Response {
  const response = problemResponse(problem)
  response.headers.set('Cache-Control', 'no-store')
  return response
}

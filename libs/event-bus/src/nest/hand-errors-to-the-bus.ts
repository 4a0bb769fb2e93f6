import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { type Observable, throwError } from 'rxjs';

/** Lets what a handler threw reach the bus as it is, where Nest's own filter would log it and pass on a blank error. */
@Catch()
export class HandErrorsToTheBus implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}
